// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/aws_access.h"
#include "base/file.h"
#include "cli/s3_output.h"

// Where a verb's data goes: standard output, a device or pipe, or a file or an object in S3 that appears
// whole or not at all.
namespace querymark {

class OutputFile {
 public:
  // "-" is standard output. A regular file is written under another name beside it until commit(); killed by
  // Ctrl-C or SIGTERM, the program removes that. One such file at a time. s3://BUCKET/KEY: see S3Output.
  static Result<OutputFile> open(const std::string& path, AwsAccess& aws);

  int fd() const;
  const std::string& path() const { return path_; }
  Result<void> commit();
  // After kClosed by writing: why the object could not be written; nothing where a reader has gone.
  Result<void> failure();

 private:
  OutputFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  UniqueFd fd_;
  std::optional<AtomicFile> atomic_;
  std::unique_ptr<S3Output> object_;
};

// The way programs end whose reader has gone: by SIGPIPE, which `a | head` expects.
[[noreturn]] void end_by_sigpipe();

}  // namespace querymark
