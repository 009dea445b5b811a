// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "import/open_table.h"

// The table of interesting domains as a service sees it: always there, and a quarter of a second after any
// process has changed it, the new one. Whoever marks takes the current one for a batch and keeps it that
// long; the set before it is unmapped when its last batch is done. A set is mapped, not copied: two at once
// cost pages of the file cache, no heap.
//
//   std::shared_ptr<const OpenedTable> table = live.current();
//
// Cost: current() is a lock and a count. Threads: any number.
namespace querymark {

struct LiveTableStatus {
  uint64_t changes = 0;     // new tables taken since the start
  uint64_t failures = 0;    // looks at the table that failed
  bool is_failing = false;  // the last look failed: the table before it is still in use
};

class LiveTableObserver {
 public:
  virtual ~LiveTableObserver() = default;
  virtual void table_changed(const OpenedTable& table) = 0;
  // Once for a row of failures.
  virtual void table_failed(const Error& error) = 0;
};

class LiveTable {
 public:
  // Opens the table (import/open_table.h) and watches it. What it is given must outlive it. A list is opened
  // once and not watched.
  static Result<std::unique_ptr<LiveTable>> open(std::string uri, std::string home,
                                                 const SuffixTable& suffixes, LiveTableObserver& observer);
  ~LiveTable();
  LiveTable(const LiveTable&) = delete;
  LiveTable& operator=(const LiveTable&) = delete;

  std::shared_ptr<const OpenedTable> current() const;
  LiveTableStatus status() const;

 private:
  LiveTable(std::string uri, std::string home, const SuffixTable& suffixes, LiveTableObserver& observer,
            OpenedTable table);
  void watch();
  void look();

  std::string uri_;
  std::string home_;
  const SuffixTable& suffixes_;
  LiveTableObserver& observer_;
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const OpenedTable> table_;
  LiveTableStatus status_;
  bool stopping_ = false;
  std::condition_variable stop_;
  std::thread thread_;
};

}  // namespace querymark
