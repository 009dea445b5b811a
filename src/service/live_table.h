// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domains/domain_table.h"
#include "import/marking_table.h"

// The table of interesting domains as a service sees it: always there, and a quarter of a second after any
// process has changed it, the new one. Whoever marks takes the current one for a batch and keeps it that
// long; the set before it is unmapped when its last batch is done. A set is mapped, not copied: two at once
// cost pages of the file cache, no heap. A table in DynamoDB is one for ever: what changes in it is seen when
// an answer is a minute old.
//
//   std::shared_ptr<const MarkingTable> table = live.current();
//
// Cost: current() is a lock and a count. Threads: any number.
namespace querymark {

struct LiveTableStatus {
  uint64_t changes = 0;     // new tables taken since the start
  uint64_t failures = 0;    // looks at the table that failed; batches that got no answer from DynamoDB
  bool is_failing = false;  // the last one failed
};

class LiveTableObserver {
 public:
  virtual ~LiveTableObserver() = default;
  virtual void table_changed(const MarkingTable& table) = 0;
  // Once for a row of failures.
  virtual void table_failed(const Error& error) = 0;
};

class LiveTable {
 public:
  // Opens the table and watches it. What it is given must outlive it. A list is opened once and not watched.
  static Result<std::unique_ptr<LiveTable>> open(std::string uri, std::string home,
                                                 const SuffixTable& suffixes, AwsAccess& aws,
                                                 LiveTableObserver& observer);
  ~LiveTable();
  LiveTable(const LiveTable&) = delete;
  LiveTable& operator=(const LiveTable&) = delete;

  std::shared_ptr<const MarkingTable> current() const;
  LiveTableStatus status() const;
  // Of the table in its SQLite file, as they were half a minute ago at most; none of another.
  std::vector<ListSummary> lists() const;

 private:
  LiveTable(std::string uri, std::string home, const SuffixTable& suffixes, AwsAccess& aws,
            LiveTableObserver& observer, MarkingTable table);
  void watch();
  void look();
  void look_at_remote();
  void read_lists();
  void set_failing(const std::optional<Error>& failure);

  std::string uri_;
  std::string home_;
  const SuffixTable& suffixes_;
  AwsAccess& aws_;
  LiveTableObserver& observer_;
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const MarkingTable> table_;
  LiveTableStatus status_;
  std::vector<ListSummary> lists_;
  bool stopping_ = false;
  std::condition_variable stop_;
  std::thread thread_;
};

}  // namespace querymark
