// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// The labels of a name from the right, with words of theirs to hash and compare: for the suffix table's walk.
//
//   "www.example.co.uk"  ->  uk, co, example, …
//
// Cost: some 3 ns a label. The dots of 32 bytes are found at once, so that no label waits for another.
namespace querymark {

static_assert(std::endian::native == std::endian::little, "the first byte in memory is a word's lowest");

// A label of a name in normal form.
struct SuffixLabel {
  size_t begin;
  size_t size;
  uint64_t tail;  // its last 8 bytes, or all of a shorter one, the first of them lowest; zeros above
  uint64_t head;  // its first 8 bytes, of a label of more than 8; else 0
};

// Bit i: byte i of the 16 is a dot.
inline uint64_t dots_of_16_portably(const char* bytes) {
  constexpr uint64_t kDots = 0x2E2E2E2E2E2E2E2E;
  constexpr uint64_t kLowBits = 0x7F7F7F7F7F7F7F7F;
  uint64_t dots = 0;
  for (const size_t at : {size_t{8}, size_t{0}}) {
    uint64_t word;
    std::memcpy(&word, bytes + at, sizeof word);
    word ^= kDots;
    const uint64_t high_bits = ~(((word & kLowBits) + kLowBits) | word | kLowBits);
    dots = dots << 8 | ((high_bits >> 7) * 0x0102040810204080) >> 56;
  }
  return dots;
}

inline uint64_t dots_of_16(const char* bytes) {
#ifdef __SSE2__
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('.'))));
#else
  return dots_of_16_portably(bytes);
#endif
}

class SuffixLabels {
 public:
  // `name` must outlive the object.
  explicit SuffixLabels(std::string_view name) : text_(name.data()) {
    if (name.size() < sizeof short_name_) {
      std::memset(short_name_, 0, sizeof short_name_);
      std::memcpy(short_name_, name.data(), name.size());
      text_ = short_name_;
    }
    find_dots_before(name.size());
  }
  SuffixLabels(const SuffixLabels&) = delete;
  SuffixLabels& operator=(const SuffixLabels&) = delete;

  // REQUIRES: a label ends at `end`; called from the right.
  SuffixLabel before(size_t end) {
    const size_t begin = begin_of(end);
    const size_t size = end - begin;
    uint64_t head;
    std::memcpy(&head, text_ + (size > 8 ? begin : 0), sizeof head);
    return {begin, size, word(end, std::min<size_t>(size, 8)), size > 8 ? head : 0};
  }

  size_t begin_of(size_t end) {
    uint64_t dots = dots_ & ((uint64_t{1} << (end - window_begin_)) - 1);
    while (dots == 0 && window_begin_ != 0) {
      find_dots_before(window_begin_);
      dots = dots_;
    }
    return dots == 0 ? 0 : window_begin_ + static_cast<size_t>(std::bit_width(dots));
  }

 private:
  // The `size` bytes before `end`. REQUIRES: 1 to 8.
  uint64_t word(size_t end, size_t size) const {
    const size_t at = std::max<size_t>(end, 8) - 8;
    uint64_t bytes;
    std::memcpy(&bytes, text_ + at, sizeof bytes);
    return bytes << (8 * (at + 8 - end)) >> (8 * (8 - size));
  }

  void find_dots_before(size_t end) {
    const size_t low = std::max<size_t>(end, 32) - 32;
    const size_t high = std::max<size_t>(end, 16) - 16;
    window_begin_ = low;
    dots_ = dots_of_16(text_ + high) << (high - low) | dots_of_16(text_ + low);
    dots_ &= (uint64_t{1} << (end - low)) - 1;
  }

  const char* text_;     // at least 16 bytes
  size_t window_begin_;  // dots_ tells of the bytes from here; at most 32
  uint64_t dots_;
  char short_name_[16];
};

}  // namespace querymark
