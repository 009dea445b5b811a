// SPDX-License-Identifier: Apache-2.0
#include "aws/s3_reader.h"

#include <algorithm>
#include <cstring>

namespace querymark {

Result<size_t> S3Reader::read_some(char* out, size_t size) {
  if (given_ == range_.size() && !ended_) {
    if (const Result<void> read = next_range(); !read) return read.error();
  }
  const size_t count = std::min(size, range_.size() - given_);
  std::memcpy(out, range_.data() + given_, count);
  given_ += count;
  return count;
}

Result<void> S3Reader::next_range() {
  range_.clear();
  given_ = 0;
  read_.last = read_.first + kS3RangeSize - 1;
  const HttpSink keep = [this](std::string_view bytes) -> Result<void> {
    range_.append(bytes);
    return {};
  };
  const Result<S3ObjectInfo> info = s3_.get(read_, keep, deadline_);
  if (!info) return info.error();
  read_.if_match = info->etag;
  read_.first += range_.size();
  size_ = info->size;
  ended_ = read_.first >= size_;
  return {};
}

}  // namespace querymark
