// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

// Memory that requests may hold together. Who needs more than is left is refused at once (the sender is told
// 503 and comes again): memory never grows with load.
//
//   MemoryReservation body(budget);
//   if (!body.grow_to(content_length)) return refuse();
//
// Threads: any number share a budget; a reservation serves one.
namespace querymark {

class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t size) : left_(static_cast<int64_t>(size)), size_(size) {}

  uint64_t size() const { return size_; }
  uint64_t used() const {
    return size_ - static_cast<uint64_t>(std::max<int64_t>(left_.load(std::memory_order_relaxed), 0));
  }

 private:
  friend class MemoryReservation;
  bool take(uint64_t bytes) {
    const auto count = static_cast<int64_t>(bytes);
    if (left_.fetch_sub(count, std::memory_order_relaxed) >= count) return true;
    give(bytes);
    return false;
  }
  void give(uint64_t bytes) { left_.fetch_add(static_cast<int64_t>(bytes), std::memory_order_relaxed); }

  std::atomic<int64_t> left_;
  uint64_t size_;
};

// A part of the budget, given back in the end.
class MemoryReservation {
 public:
  explicit MemoryReservation(MemoryBudget& budget) : budget_(&budget) {}
  MemoryReservation(const MemoryReservation&) = delete;
  MemoryReservation& operator=(const MemoryReservation&) = delete;
  ~MemoryReservation() { release(); }

  // Holds at least so many bytes; false, and as before, where the budget has not so many left.
  bool grow_to(uint64_t bytes) {
    if (bytes <= bytes_) return true;
    if (!budget_->take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }
  void release() { budget_->give(std::exchange(bytes_, 0)); }

 private:
  MemoryBudget* budget_;
  uint64_t bytes_ = 0;
};

}  // namespace querymark
