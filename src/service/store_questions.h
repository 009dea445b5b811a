// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "query/log_store.h"

// Questions to a service's store (query/log_store.h), as people ask them who look at a page: each sees what
// the store holds at that moment, is confined to it, and ends when its time is over or the service stops.
//
//   StoreQuestions questions(LogStore("/var/lib/querymark/store/dns-query-logs"), suffixes);
//   questions.select({"SELECT count(*) FROM route53query", {}}, rows, std::chrono::seconds(60));
//
// Cost: some 20 ms to begin with, then DuckDB's, on half of the processors: the other half goes on taking
// records. Memory: kMemoryMax for each; what needs more goes to a temporary folder. Threads: any number ask.
namespace querymark {

class StoreQuestions {
 public:
  static constexpr const char* kMemoryMax = "384MiB";

  // A folder is made by the first question where it is missing. The suffix table must outlive it.
  StoreQuestions(LogStore store, const SuffixTable& suffixes);
  ~StoreQuestions();
  StoreQuestions(const StoreQuestions&) = delete;
  StoreQuestions& operator=(const StoreQuestions&) = delete;

  // As SqlDatabase::select(). kLimit where its time is over, kBusy where the service stops.
  Result<uint64_t> select(const SqlQuestion& question, SqlRowSink& sink, std::chrono::milliseconds time_max);
  // Ends those under way; whoever asks from here on is kBusy.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Running {
    SqlDatabase* database;
    Clock::time_point until;
  };

  Result<OpenedLogStore> open(const SqlQuestion& question, Clock::time_point until);
  // kBusy where the service stops, kLimit where the time is over.
  Result<void> may_go_on(Clock::time_point until);
  Result<uint64_t> run(SqlDatabase& database, const SqlQuestion& question, SqlRowSink& sink,
                       Clock::time_point until);
  void watch();

  LogStore store_;
  const SuffixTable& suffixes_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<Running> running_;
  bool stopping_ = false;
  std::thread watcher_;
};

}  // namespace querymark
