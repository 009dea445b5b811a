// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/s3.h"

// An object pulled at the reader's own pace.
//
//   S3Reader reader(s3, {"bucket", "lists/a.txt"}, deadline);
//   while (*reader.read_some(buffer, sizeof buffer) > 0) …
//
// It is asked for range by range, so that no connection stands open, to be cut, while the reader is busy with
// what it has. All ranges are of one object: kStale where it has been replaced in between. Memory: one range,
// kS3RangeSize. One thread at a time.
namespace querymark {

inline constexpr uint64_t kS3RangeSize = uint64_t{8} << 20;

class S3Reader {
 public:
  // From `read.first` on, which need not be 0; `read.last` is not looked at. `s3` must outlive the reader.
  S3Reader(const S3& s3, S3Read read, Deadline deadline)
      : s3_(s3), read_(std::move(read)), deadline_(deadline) {}

  // Up to `size` (> 0) bytes; 0 at the end.
  Result<size_t> read_some(char* out, size_t size);

  // Of the whole object, once something was read; 0 before.
  uint64_t size() const { return size_; }
  // Of the next byte.
  uint64_t position() const { return read_.first - (range_.size() - given_); }

 private:
  Result<void> next_range();

  const S3& s3_;
  S3Read read_;  // the range after the one at hand
  Deadline deadline_;
  std::string range_;
  size_t given_ = 0;  // of range_
  uint64_t size_ = 0;
  bool ended_ = false;
};

}  // namespace querymark
