// SPDX-License-Identifier: Apache-2.0
#include "codec/gzip_header.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstring>

namespace querymark {

static constexpr uint8_t kMagic[] = {0x1f, 0x8b};
static constexpr uint8_t kMethodDeflate = 8;
static constexpr uint8_t kFlagChecksum = 0x02;
static constexpr uint8_t kFlagExtra = 0x04;
static constexpr uint8_t kFlagName = 0x08;
static constexpr uint8_t kFlagComment = 0x10;
static constexpr uint8_t kFlagsReserved = 0xe0;

size_t GzipHeader::take(std::string_view in) {
  size_t taken = 0;
  while (status_ == Status::kMore && taken < in.size()) taken += take_field(in.substr(taken));
  return taken;
}

// From `in` (not empty), the bytes of the field at hand; moves on where the field is complete.
size_t GzipHeader::take_field(std::string_view in) {
  const Field field = field_;
  const uint32_t crc_before = crc_;
  size_t taken = 0;
  bool complete = false;
  switch (field) {
    case Field::kFixed:
      complete = collect(in, sizeof(bytes_), taken);
      check_fixed();
      break;
    case Field::kExtraSize:
      complete = collect(in, 2, taken);
      extra_left_ = bytes_[0] | size_t{bytes_[1]} << 8;
      break;
    case Field::kExtra:
      taken = std::min(in.size(), extra_left_);
      extra_left_ -= taken;
      complete = extra_left_ == 0;
      break;
    case Field::kName:
    case Field::kComment:
      taken = in.find('\0');
      complete = taken != std::string_view::npos;
      taken = complete ? taken + 1 : in.size();
      break;
    case Field::kChecksum:
      complete = collect(in, 2, taken);
      if (complete && (bytes_[0] | bytes_[1] << 8) != static_cast<int>(crc_before & 0xffff)) {
        status_ = Status::kWrongChecksum;
      }
      break;
  }
  size_ += taken;
  if (status_ != Status::kMore) return taken;
  if (field != Field::kChecksum) {
    auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(in.data()));
    crc_ = crc32_gzip_refl(crc_before, bytes, taken);
  }
  if (complete) next_field(field);
  return taken;
}

// Adds to bytes_ until it holds `size`; true when it does.
bool GzipHeader::collect(std::string_view in, size_t size, size_t& taken) {
  taken = std::min(in.size(), size - byte_count_);
  std::memcpy(bytes_ + byte_count_, in.data(), taken);
  byte_count_ += taken;
  return byte_count_ == size;
}

// As early as possible, so that two bytes of garbage are garbage and not a header cut short.
void GzipHeader::check_fixed() {
  if (std::memcmp(bytes_, kMagic, std::min(byte_count_, sizeof(kMagic))) != 0) {
    status_ = Status::kNotGzip;
  } else if (byte_count_ > 2 && bytes_[2] != kMethodDeflate) {
    status_ = Status::kUnknownMethod;
  } else if (byte_count_ > 3 && (bytes_[3] & kFlagsReserved) != 0) {
    status_ = Status::kReservedFlags;
  }
  flags_ = bytes_[3];
}

void GzipHeader::next_field(Field after) {
  byte_count_ = 0;
  if (after < Field::kExtraSize && (flags_ & kFlagExtra) != 0) {
    field_ = Field::kExtraSize;
  } else if (after == Field::kExtraSize && extra_left_ > 0) {
    field_ = Field::kExtra;
  } else if (after < Field::kName && (flags_ & kFlagName) != 0) {
    field_ = Field::kName;
  } else if (after < Field::kComment && (flags_ & kFlagComment) != 0) {
    field_ = Field::kComment;
  } else if (after < Field::kChecksum && (flags_ & kFlagChecksum) != 0) {
    field_ = Field::kChecksum;
  } else {
    status_ = Status::kDone;
  }
}

}  // namespace querymark
