// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The header of a gzip member (RFC 1952 §2.3), read from pieces of any size. Fields are skipped, none is
// kept.
namespace querymark {

class GzipHeader {
 public:
  enum class Status { kMore, kDone, kNotGzip, kUnknownMethod, kReservedFlags, kWrongChecksum };

  // Takes what belongs to the header from the front of `in` and returns how much that is. All of `in` where
  // status() stays kMore; unspecified where it becomes an error.
  size_t take(std::string_view in);
  Status status() const { return status_; }
  // Bytes taken so far.
  uint64_t size() const { return size_; }

 private:
  enum class Field { kFixed, kExtraSize, kExtra, kName, kComment, kChecksum };

  size_t take_field(std::string_view in);
  bool collect(std::string_view in, size_t size, size_t& taken);
  void check_fixed();
  void next_field(Field after);

  Status status_ = Status::kMore;
  Field field_ = Field::kFixed;
  uint8_t bytes_[10] = {};  // of the field at hand, where its value matters
  size_t byte_count_ = 0;   // in bytes_
  size_t extra_left_ = 0;
  uint8_t flags_ = 0;
  uint32_t crc_ = 0;  // of everything before the field at hand
  uint64_t size_ = 0;
};

}  // namespace querymark
