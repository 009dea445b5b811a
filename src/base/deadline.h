// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

// The time by which a piece of work must have answered, on the steady clock. Made once where the work begins
// and handed down, so that waiting, retries and requests within it share what is left.
//
//   const Deadline deadline = Deadline::after(std::chrono::seconds(20));
//   table.look_up(keys, deadline.or_after(std::chrono::seconds(5)));
namespace querymark {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline never() { return Deadline(Clock::time_point::max()); }
  static Deadline after(std::chrono::milliseconds time) { return Deadline(Clock::now() + time); }

  // The earlier of this one and `time` from now.
  Deadline or_after(std::chrono::milliseconds time) const { return Deadline(std::min(at_, after(time).at_)); }

  bool is_never() const { return at_ == Clock::time_point::max(); }
  bool passed() const { return Clock::now() >= at_; }
  // Rounded up; 0 once it has passed. REQUIRES: !is_never().
  std::chrono::milliseconds left() const {
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now()),
                    std::chrono::milliseconds(0));
  }

 private:
  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at_;
};

}  // namespace querymark
