// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace querymark {

// A lock between processes: held by whoever locked the file at `path`, until dropped or killed. The file
// stays. Advisory (flock): it keeps out those who ask for it.
class FileLock {
 public:
  // Creates the file where it is missing. kBusy after waiting for so long.
  static Result<FileLock> acquire(const std::string& path, int wait_ms_max);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace querymark
