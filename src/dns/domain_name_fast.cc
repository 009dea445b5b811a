// SPDX-License-Identifier: Apache-2.0
// normalize_padded_name: eight bytes at a time where the name is plain ASCII, normalize_name for the rest.
#include <bit>
#include <cstring>

#include "dns/domain_name.h"

namespace querymark {
namespace {

static_assert(std::endian::native == std::endian::little, "byte i of a word is bits 8i to 8i + 7");

constexpr size_t kWordSize = sizeof(uint64_t);
constexpr size_t kMaskSize = 64;  // bytes whose dots one mask word tells
constexpr uint64_t kHighBits = 0x8080808080808080;

constexpr uint64_t repeat(unsigned char byte) {
  return 0x0101010101010101 * byte;
}

uint64_t load(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, kWordSize);
  return word;
}

// The functions on words below ask for ASCII bytes only, and answer in each byte's high bit.
uint64_t bytes_unequal(uint64_t word, char c) {
  return (word ^ repeat(static_cast<unsigned char>(c))) + repeat(0x7F);
}

uint64_t capitals(uint64_t word) {
  return (word + repeat(0x80 - 'A')) & ~(word + repeat(0x7F - 'Z')) & kHighBits;
}

// Bit i: the high bit of byte i.
uint64_t gather(uint64_t high_bits) {
  return ((high_bits >> 7) * 0x0102040810204080) >> 56;
}

// A text without its leading dot and trailing dots, which are no escapes' where the name is plain.
std::string_view trim_dots(std::string_view text) {
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (!text.empty() && text.front() == '.') text.remove_prefix(1);
  return text;
}

// What is seen of a name while it is copied.
struct PlainScan {
  uint64_t non_ascii = 0;              // high bits
  uint64_t not_backslash = kHighBits;  // high bits
  uint64_t dots[kNameSizeMax / kMaskSize + 1] = {};
};

void copy_word(uint64_t word, size_t at, char* out, PlainScan& scan) {
  scan.non_ascii |= word;
  scan.not_backslash &= bytes_unequal(word, '\\');
  scan.dots[at / kMaskSize] |= gather(~bytes_unequal(word, '.') & kHighBits) << (at % kMaskSize);
  word |= capitals(word) >> 2;
  std::memcpy(out + at, &word, kWordSize);
}

PlainScan copy_lower(std::string_view name, char* out) {
  PlainScan scan;
  size_t at = 0;
  for (; at + kWordSize <= name.size(); at += kWordSize) copy_word(load(name.data() + at), at, out, scan);
  if (const size_t rest = name.size() - at; rest != 0)
    copy_word(load(name.data() + at) & (~uint64_t{0} >> (8 * (kWordSize - rest))), at, out, scan);
  return scan;
}

// Whether dots at these places leave only labels of 1 to kLabelSizeMax bytes. REQUIRES: none at the end.
bool labels_fit(const PlainScan& scan, size_t size) {
  static_assert(kLabelSizeMax == kMaskSize - 1);
  if (size < kMaskSize) return (scan.dots[0] & (scan.dots[0] << 1 | 1)) == 0;
  size_t begin = 0;
  for (size_t block = 0; block * kMaskSize < size; ++block) {
    for (uint64_t dots = scan.dots[block]; dots != 0; dots &= dots - 1) {
      const size_t dot = block * kMaskSize + static_cast<size_t>(std::countr_zero(dots));
      if (dot == begin || dot - begin > kLabelSizeMax) return false;
      begin = dot + 1;
    }
  }
  return size - begin <= kLabelSizeMax;
}

size_t normalize_slowly(std::string_view text, char* out) {
  const DomainName name = normalize_name(text);
  std::memcpy(out, name.text().data(), name.text().size());
  return name.text().size();
}

}  // namespace

size_t normalize_padded_name(std::string_view text, char* out) {
  const std::string_view name = trim_dots(text);
  if (name.empty() || name.size() > kNameSizeMax) return normalize_slowly(text, out);
  const PlainScan scan = copy_lower(name, out);
  const uint64_t special = (scan.non_ascii | ~scan.not_backslash) & kHighBits;
  if (special != 0) return normalize_slowly(text, out);
  return labels_fit(scan, name.size()) ? name.size() : 0;
}

}  // namespace querymark
