// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>

#include "base/file.h"
#include "base/result.h"
#include "delivery/backfill_source.h"

namespace querymark {

// Which objects a backfill is done with: a line each, durable when add() returns.
//
//   "0123abcd…" s3://logs/a.log.gz
//
// An object that has changed since counts as another. A line that a crash cut off counts for nothing.
// Threads: any.
class BackfillCheckpoint {
 public:
  // Reads what is there; the file is made where it is missing, with the folders above it. kBusy where another
  // backfill has it open.
  static Result<BackfillCheckpoint> open(const std::string& path);
  BackfillCheckpoint(BackfillCheckpoint&& other) noexcept
      : fd_(std::move(other.fd_)), path_(std::move(other.path_)), done_(std::move(other.done_)) {}

  bool has(const BackfillSource& source) const { return done_.contains(line_of(source)); }
  Result<void> add(const BackfillSource& source);
  // Forgets everything.
  Result<void> clear();

 private:
  BackfillCheckpoint(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  static std::string line_of(const BackfillSource& source);

  UniqueFd fd_;
  std::string path_;
  std::mutex mutex_;
  std::unordered_set<std::string> done_;
};

}  // namespace querymark
