// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "alert/outbox.h"
#include "delivery/delivery_stream.h"

// Group commit: what many requests bring is made durable together, and each is told when its own is. While
// one group is being synced the next one gathers, so that a sync is shared by all who came meanwhile and
// nobody waits for a timer.
//
//   committer.submit({marked, 500, rejected, 1, [](const Result<void>& done) { reply(done); }});
//
// Threads: submit() from any; the streams are touched by the committer's own thread only.
namespace querymark {

// Views stay the sender's until `done` is called.
struct CommitRequest {
  std::string_view records;  // lines for the store
  uint64_t record_count = 0;
  std::string_view errors;  // lines of error records
  uint64_t error_count = 0;
  std::vector<Match> matches = {};  // for the alert sinks
  // Called once on the committer's thread: all of it is on disk, or nothing of it is to be relied on.
  std::function<void(const Result<void>&)> done;
};

struct CommitterStatus {
  uint64_t commits = 0;   // groups that became durable
  uint64_t requests = 0;  // in them
  uint64_t failures = 0;  // requests that were told to come again
  double sync_seconds = 0;
};

class Committer {
 public:
  // `outbox`: where matches go; nullptr where nobody is told of them. All must outlive it.
  Committer(DeliveryStream& records, DeliveryStream& errors, Outbox* outbox);
  // What is submitted is committed first.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void submit(CommitRequest request);
  CommitterStatus status() const;

 private:
  void run();
  Result<void> commit(std::vector<CommitRequest>& group);
  Result<void> append(const std::vector<CommitRequest>& group);
  Result<void> put_matches(std::vector<CommitRequest>& group);
  Result<void> sync();

  DeliveryStream& records_;
  DeliveryStream& errors_;
  Outbox* outbox_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable submitted_;
  std::vector<CommitRequest> waiting_;
  CommitterStatus status_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace querymark
