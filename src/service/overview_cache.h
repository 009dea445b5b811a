// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "service/store_overview.h"
#include "service/work_queue.h"

// The overview as pages ask for it every few seconds: each is given at once what was found last, with its
// age, while a newer one is being made, however large the store.
//
//   {"working":true,"overview":null}                      it is being made for the first time
//   {"working":false,"age_s":3.2,"took_s":0.4,"overview":{"records":200,…}}
//
// An overview that took long is made anew the more rarely: a tenth of the time at most goes into them. Cost:
// get() is a lock and a copy. Threads: any number ask.
namespace querymark {

class OverviewCache {
 public:
  // Lists that hold a domain now.
  using ListsFunction = std::function<std::vector<std::string>(const std::string& domain)>;

  // All must outlive it, and the queue must have stopped before it goes.
  OverviewCache(StoreQuestions& questions, WorkQueue& queue, ListsFunction lists);

  // JSON as above; "error" where making it failed. kInvalid for a period that cannot be.
  Result<std::string> get(const OverviewPeriod& period);

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::string overview = "null";
    std::string error;
    Clock::time_point made_at;  // when its making began
    Clock::duration took{0};
    bool is_made = false;  // or failed
    bool is_working = false;
  };

  bool is_due(const Entry& entry) const;
  void make(const std::string& key, const OverviewPeriod& period);
  void drop_old();

  StoreQuestions& questions_;
  WorkQueue& queue_;
  ListsFunction lists_;
  std::mutex mutex_;                      // guards what follows
  std::map<std::string, Entry> entries_;  // by the period's condition
};

}  // namespace querymark
