// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// The newest marked records, in memory, for those who watch them come.
//
//   recent.append(lines);
//   recent.since("")       ->  the lines that are kept, and a cursor
//   recent.since(cursor)   ->  those since
//
// Cost: append() copies at most kSizeMax bytes, whatever it is given. Memory: twice that. Threads: any
// number.
namespace querymark {

struct RecordTail {
  std::string cursor;              // to be asked with next
  std::vector<std::string> lines;  // oldest first
  bool is_skipped = false;         // more may have come since the cursor than are kept
};

class RecentRecords {
 public:
  static constexpr size_t kSizeMax = size_t{128} << 10;

  RecentRecords();

  // REQUIRES: whole lines.
  void append(std::string_view lines);
  // What is kept, where the cursor is empty or none of this process's.
  RecordTail since(std::string_view cursor) const;

 private:
  std::string identity_;      // of this process: what its cursors begin with
  mutable std::mutex mutex_;  // guards what follows
  std::string lines_;
  uint64_t end_ = 0;  // how many bytes have been appended
};

}  // namespace querymark
