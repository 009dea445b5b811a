// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/file.h"

// Where a verb's data goes: standard output, a device or pipe, or a file that appears whole or not at all.
namespace querymark {

class OutputFile {
 public:
  // "-" is standard output. A regular file is written under another name beside it until commit(); killed by
  // Ctrl-C or SIGTERM, the program removes that. One such file at a time.
  static Result<OutputFile> open(const std::string& path);

  int fd() const { return atomic_ ? atomic_->fd() : fd_.get(); }
  const std::string& path() const { return path_; }
  Result<void> commit();

 private:
  OutputFile(std::string path, UniqueFd fd, std::optional<AtomicFile> atomic)
      : path_(std::move(path)), fd_(std::move(fd)), atomic_(std::move(atomic)) {}

  std::string path_;
  UniqueFd fd_;
  std::optional<AtomicFile> atomic_;
};

// The way programs end whose reader has gone: by SIGPIPE, which `a | head` expects.
[[noreturn]] void end_by_sigpipe();

}  // namespace querymark
