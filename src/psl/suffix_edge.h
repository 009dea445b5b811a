// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

// The hot half of the compiled suffix rules (suffix_image.h): one edge of the tree of labels, and how the
// edge of a name's next label is found. All inline: a lookup takes two or three of these.
namespace querymark {

// One slot of the table, and the node its edge leads to. A node's number is its slot's, plus one; 0 is the
// root.
struct SuffixEdge {
  uint64_t tail = 0;  // the label's last 8 bytes, the last in the highest byte used; zeros above
  uint64_t rest = 0;  // see below; 0: empty slot

  // What `rest` holds, from bit 0: rules that end in the node, and whether edges leave it; the label's size
  // class; the parent node; where in SuffixImage::long_labels the label stands, if its size is over 8.
  static constexpr uint64_t kIcannNormal = 1 << 0;
  static constexpr uint64_t kPrivateNormal = 1 << 1;
  static constexpr uint64_t kIcannWildcard = 1 << 2;  // *.NODE
  static constexpr uint64_t kPrivateWildcard = 1 << 3;
  static constexpr uint64_t kIcannException = 1 << 4;
  static constexpr uint64_t kPrivateException = 1 << 5;
  static constexpr uint64_t kGoesOn =
      1 << 6;  // a label more can make a difference: an edge leaves, or a wildcard
  static constexpr int kSizeClassShift = 8;
  static constexpr uint64_t kLongSizeClass = 9;  // 1 to 8 are sizes
  static constexpr int kParentShift = 12;
  static constexpr int kOffsetShift = 36;
  static constexpr uint64_t kParentLimit = uint64_t{1} << (kOffsetShift - kParentShift);
  static constexpr uint64_t kOffsetLimit = uint64_t{1} << (64 - kOffsetShift);
  static constexpr uint64_t kIdentityMask = (uint64_t{1} << kOffsetShift) - (1 << kSizeClassShift);

  static constexpr uint64_t identity(uint64_t parent, uint64_t size_class) {
    return parent << kParentShift | size_class << kSizeClassShift;
  }
};

// A label of a name in normal form, as the table needs it.
struct SuffixLabel {
  size_t begin;
  size_t size;
  uint64_t tail;       // as SuffixEdge::tail
  uint64_t head_hash;  // of the bytes before the last 8; 0 where there are none
};

static_assert(std::endian::native == std::endian::little, "the last byte read is the highest of a word");

// The 8 bytes of `text` before `end`; zeros where it has fewer.
inline uint64_t load_before(std::string_view text, size_t end) {
  const auto load = [&text](auto word, size_t at) {
    std::memcpy(&word, text.data() + at, sizeof word);
    return uint64_t{word};
  };
  if (end >= 8) return load(uint64_t{}, end - 8);
  if (end == 0) return 0;
  const size_t missing_bits = 8 * (8 - end);
  if (text.size() >= 8) return load(uint64_t{}, 0) << missing_bits;
  if (end >= 4) return load(uint32_t{}, 0) << missing_bits | load(uint32_t{}, end - 4) << 32;
  uint64_t word = 0;
  for (size_t i = 0; i < end; ++i) word = word >> 8 | uint64_t{static_cast<unsigned char>(text[i])} << 56;
  return word;
}

// Of the bytes after a word's last dot: how many there are, and they alone. No dot: all 8.
struct WordAfterDot {
  size_t size;
  uint64_t bytes;
};
// `end`: as for load_before. The text's beginning counts as a dot.
inline WordAfterDot after_dot(uint64_t word, size_t end) {
  constexpr uint64_t kDots = 0x2E2E2E2E2E2E2E2E;
  constexpr uint64_t kLowBits = 0x7F7F7F7F7F7F7F7F;
  const uint64_t differing = word ^ kDots;
  uint64_t dots = ~(((differing & kLowBits) + kLowBits) | differing | kLowBits);
  if (end < 8) dots |= uint64_t{0x80} << (8 * (7 - end));
  const auto size = static_cast<size_t>(std::countl_zero(dots)) / 8;
  return {size, size == 0 ? 0 : word >> (8 * (8 - size))};
}

inline uint64_t mix_head(uint64_t hash, uint64_t bytes) {
  hash = (hash ^ bytes) * 0x9E3779B97F4A7C15;
  return hash ^ hash >> 32;
}

// REQUIRES: a label of `name` (normal form) ends at `end`.
inline SuffixLabel suffix_label_before(std::string_view name, size_t end) {
  const WordAfterDot tail = after_dot(load_before(name, end), end);
  const size_t rest = end >= 8 ? end - 8 : 0;
  WordAfterDot head = after_dot(load_before(name, rest), rest);
  const bool beyond = tail.size == 8;
  head.size = beyond ? head.size : 0;
  head.bytes = beyond ? head.bytes : 0;
  SuffixLabel label{end - tail.size - head.size, tail.size + head.size, tail.bytes, mix_head(0, head.bytes)};
  while (head.size == 8) {
    head = after_dot(load_before(name, label.begin), label.begin);
    label.head_hash = mix_head(label.head_hash, head.bytes);
    label.begin -= head.size;
    label.size += head.size;
  }
  return label;
}

inline uint64_t suffix_edge_hash(uint64_t identity, const SuffixLabel& label) {
  return (label.tail ^ label.head_hash ^ identity * 0xD6E8FEB86659FD93) * 0x9E3779B97F4A7C15;
}

// The table; a view of what somebody else owns.
struct SuffixEdges {
  std::span<const SuffixEdge> slots;  // a power of two of them, at least one empty
  std::string_view long_labels;  // labels of more than 8 bytes: their size in a byte, then they themselves

  size_t first_slot(uint64_t identity, const SuffixLabel& label) const {
    return static_cast<size_t>(suffix_edge_hash(identity, label) >> 32) & (slots.size() - 1);
  }

  // The edge from node `parent` by a label of `name`; null where there is none.
  const SuffixEdge* find(uint64_t parent, std::string_view name, const SuffixLabel& label) const {
    const bool is_long = label.size > 8;
    const uint64_t identity = SuffixEdge::identity(parent, is_long ? SuffixEdge::kLongSizeClass : label.size);
    for (size_t slot = first_slot(identity, label);; slot = (slot + 1) & (slots.size() - 1)) {
      const SuffixEdge& edge = slots[slot];
      if (edge.rest == 0) return nullptr;
      if (edge.tail != label.tail || (edge.rest & SuffixEdge::kIdentityMask) != identity) continue;
      if (!is_long || long_label(edge) == name.substr(label.begin, label.size)) return &edge;
    }
  }

  uint64_t node(const SuffixEdge* edge) const { return static_cast<uint64_t>(edge - slots.data()) + 1; }

  // REQUIRES: an edge of the long size class.
  std::string_view long_label(const SuffixEdge& edge) const {
    const size_t offset = edge.rest >> SuffixEdge::kOffsetShift;
    return long_labels.substr(offset + 1, static_cast<unsigned char>(long_labels[offset]));
  }
};

}  // namespace querymark
