// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "psl/suffix_labels.h"

// The hot half of the compiled suffix rules (suffix_image.h): one edge of the tree of labels, and how the
// edge of a name's next label is found. All inline: a lookup takes two or three of these.
namespace querymark {

// One slot of the table, and the node its edge leads to. A node's number is its slot's, plus one; 0 is the
// root.
struct SuffixEdge {
  uint64_t tail = 0;  // SuffixLabel::tail
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

// The table; a view of what somebody else owns.
struct SuffixEdges {
  // Bits that tell of most edges that are not there, without a look at the slots: those are too many for a
  // core's first cache.
  static constexpr size_t kHintsPerSlot = 4;

  std::span<const SuffixEdge> slots;  // a power of two of them, at least one empty
  std::span<const uint64_t> hints;    // kHintsPerSlot bits for each slot
  std::string_view long_labels;  // labels of more than 8 bytes: their size in a byte, then they themselves

  // Which of the hints an edge has; its first slot is that divided by kHintsPerSlot.
  size_t hint(uint64_t identity, const SuffixLabel& label) const {
    const uint64_t mixed = label.tail ^ label.head * 0xA24BAED4963EE407 ^ identity * 0xD6E8FEB86659FD93;
    return static_cast<size_t>(mixed * 0x9E3779B97F4A7C15 >> 32) & (slots.size() * kHintsPerSlot - 1);
  }

  // The edge from node `parent` by a label of `name`; null where there is none.
  const SuffixEdge* find(uint64_t parent, std::string_view name, const SuffixLabel& label) const {
    const bool is_long = label.size > 8;
    const uint64_t identity = SuffixEdge::identity(parent, is_long ? SuffixEdge::kLongSizeClass : label.size);
    const size_t at = hint(identity, label);
    if ((hints[at / 64] >> (at % 64) & 1) == 0) return nullptr;
    for (size_t slot = at / kHintsPerSlot;; slot = (slot + 1) & (slots.size() - 1)) {
      const SuffixEdge& edge = slots[slot];
      if (edge.rest == 0) return nullptr;
      if (edge.tail != label.tail || (edge.rest & SuffixEdge::kIdentityMask) != identity) continue;
      if (!is_long || has_long_label(edge, name, label)) return &edge;
    }
  }

  uint64_t node(const SuffixEdge* edge) const { return static_cast<uint64_t>(edge - slots.data()) + 1; }

  // REQUIRES: an edge of the long size class, with the label's tail.
  bool has_long_label(const SuffixEdge& edge, std::string_view name, const SuffixLabel& label) const {
    const char* entry = long_labels.data() + (edge.rest >> SuffixEdge::kOffsetShift);
    uint64_t head;
    std::memcpy(&head, entry + 1, sizeof head);
    if (static_cast<unsigned char>(entry[0]) != label.size || head != label.head) return false;
    // Head and tail are all of a label of up to 16 bytes.
    return label.size <= 16 || std::memcmp(entry + 1, name.data() + label.begin, label.size) == 0;
  }
};

}  // namespace querymark
