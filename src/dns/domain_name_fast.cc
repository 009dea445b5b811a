// SPDX-License-Identifier: Apache-2.0
// normalize_padded_name: sixteen bytes at a time where the name is plain ASCII, normalize_name for the rest.
#include <algorithm>
#include <array>
#include <cstring>

#include "dns/domain_name.h"

namespace querymark {
namespace {

// A vector of the processor's, in the compilers' portable form: its operators work on each byte, and
// comparisons give -1 for true. Signed, because that is the comparison which every processor has; non-ASCII
// bytes are < 0.
using Block = signed char __attribute__((vector_size(16)));
constexpr size_t kBlockSize = sizeof(Block);
// Names up to here take no loop, whose end would be hard to predict.
constexpr size_t kFirstSize = 3 * kBlockSize;

Block load(const void* from) {
  Block block;
  std::memcpy(&block, from, kBlockSize);
  return block;
}

bool any(Block block) {
  uint64_t halves[2];
  std::memcpy(halves, &block, kBlockSize);
  return (halves[0] | halves[1]) != 0;
}

// kKeep, from kKeepSize - n on: n bytes of ones, then zeros. What a block is masked with near a name's end.
constexpr size_t kKeepSize = kNameSizeMax;
constexpr std::array<signed char, kKeepSize + 2 * kFirstSize> kKeep = [] {
  std::array<signed char, kKeepSize + 2 * kFirstSize> keep{};
  std::fill_n(keep.begin(), kKeepSize, static_cast<signed char>(-1));
  return keep;
}();

// Copies a block in lower case. Non-zero bytes in the result: something that is not plain, or an empty label.
Block copy_block(const char* from, const signed char* keep, char* out) {
  Block block = load(from) & load(keep);
  const Block unusual = (block < 0) | (block == '\\') | ((block == '.') & (load(from + 1) == '.'));
  block |= (block >= 'A') & (block <= 'Z') & 0x20;
  std::memcpy(out, &block, kBlockSize);
  return unusual;
}

// A text without its leading dot and trailing dots, which are no escapes' where the name is plain.
std::string_view trim_dots(std::string_view text) {
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (!text.empty() && text.front() == '.') text.remove_prefix(1);
  return text;
}

bool labels_fit(std::string_view name) {
  size_t dot = name.find('.');
  while (dot != std::string_view::npos && dot <= kLabelSizeMax) {
    name.remove_prefix(dot + 1);
    dot = name.find('.');
  }
  return std::min(dot, name.size()) <= kLabelSizeMax;
}

size_t normalize_unusual(std::string_view text, char* out) {
  const DomainName name = normalize_name(text);
  std::memcpy(out, name.text().data(), name.text().size());
  return name.text().size();
}

}  // namespace

size_t normalize_padded_name(std::string_view text, char* out) {
  const std::string_view name = trim_dots(text);
  const size_t size = name.size();
  if (size == 0 || size > kNameSizeMax || name[0] == '.') return normalize_unusual(text, out);
  const signed char* keep = kKeep.data() + kKeepSize - size;
  Block unusual{};
  for (size_t at = 0; at < kFirstSize; at += kBlockSize)
    unusual |= copy_block(name.data() + at, keep + at, out + at);
  for (size_t at = kFirstSize; at < size; at += kBlockSize)
    unusual |= copy_block(name.data() + at, keep + at, out + at);
  if (any(unusual)) return normalize_unusual(text, out);
  return size <= kLabelSizeMax || labels_fit(name) ? size : 0;
}

}  // namespace querymark
