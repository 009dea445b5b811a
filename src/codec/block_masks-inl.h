// SPDX-License-Identifier: Apache-2.0
// 64 bytes of JSON as masks, of which bit i says something about byte i. Compiled once for each of Highway's
// targets, hence the guard.
//
//   {"a":[1],   quote 010100000   open 100001000   close 000000010   colon 000010000   comma 000000001
#if defined(QUERYMARK_CODEC_BLOCK_MASKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef QUERYMARK_CODEC_BLOCK_MASKS_INL_H_
#undef QUERYMARK_CODEC_BLOCK_MASKS_INL_H_
#else
#define QUERYMARK_CODEC_BLOCK_MASKS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

constexpr size_t kBlockSize = 64;
// How far behind a block its masks look.
constexpr size_t kBlockMargin = 7;

struct BlockMasks {
  uint64_t quote = 0;
  uint64_t backslash = 0;
  uint64_t open = 0;   // { [
  uint64_t close = 0;  // } ]
  uint64_t colon = 0;
  uint64_t comma = 0;
  uint64_t low = 0;     // space and what is below it
  uint64_t wanted = 0;  // what stands before a name that marking looks for, and some others
};

// The names that marking looks for are told by their first byte, of which its low four bits, and their
// seventh.
//   query_name   isMatchedDomain   registeredDomain   match":
alignas(16) inline constexpr uint8_t kSeventhByFirst[16] = {0, 'n', 'e', 0, 0, 0,   0, 0,
                                                            0, 'h', 0,   0, 0, ':', 0, 0};

#if HWY_TARGET == HWY_SCALAR

inline BlockMasks block_masks(const char* block) {
  BlockMasks masks;
  for (size_t i = 0; i < kBlockSize; ++i) {
    const auto at = [&](size_t offset) { return static_cast<uint8_t>(block[i + offset]); };
    const auto set = [i](uint64_t& mask, bool bit) { mask |= uint64_t{bit} << i; };
    set(masks.quote, at(0) == '"');
    set(masks.backslash, at(0) == '\\');
    set(masks.open, (at(0) | 0x20) == '{');
    set(masks.close, (at(0) | 0x20) == '}');
    set(masks.colon, at(0) == ':');
    set(masks.comma, at(0) == ',');
    set(masks.low, at(0) <= ' ');
    set(masks.wanted, at(7) == kSeventhByFirst[at(1) & 15]);
  }
  return masks;
}

inline uint64_t prefix_xor(uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

#else

namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE BlockMasks block_masks(const char* block) {
  const hn::CappedTag<uint8_t, kBlockSize> d;
  const auto* bytes = reinterpret_cast<const uint8_t*>(block);
  BlockMasks masks;
  for (size_t i = 0; i < kBlockSize; i += hn::Lanes(d)) {
    const auto set = [&](uint64_t& mask, auto lanes) HWY_ATTR {
      uint64_t bits = 0;
      hn::StoreMaskBits(d, lanes, reinterpret_cast<uint8_t*>(&bits));
      mask |= bits << i;
    };
    const auto byte = [&](int value) HWY_ATTR { return hn::Set(d, static_cast<uint8_t>(value)); };
    const auto here = hn::LoadU(d, bytes + i);
    const auto folded = hn::Or(here, byte(0x20));
    const auto first = hn::And(hn::LoadU(d, bytes + i + 1), byte(15));
    const auto seventh = hn::TableLookupBytes(hn::LoadDup128(d, kSeventhByFirst), first);
    set(masks.quote, hn::Eq(here, byte('"')));
    set(masks.backslash, hn::Eq(here, byte('\\')));
    set(masks.open, hn::Eq(folded, byte('{')));
    set(masks.close, hn::Eq(folded, byte('}')));
    set(masks.colon, hn::Eq(here, byte(':')));
    set(masks.comma, hn::Eq(here, byte(',')));
    set(masks.low, hn::Lt(here, byte(' ' + 1)));
    set(masks.wanted, hn::Eq(hn::LoadU(d, bytes + i + 7), seventh));
  }
  return masks;
}

// Bit i: how many bits of `bits` stand in [0, i], modulo 2.
HWY_INLINE uint64_t prefix_xor(uint64_t bits) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_SSE4
  const hn::Full128<uint64_t> d;
  return hn::GetLane(hn::CLMulLower(hn::Set(d, bits), hn::Set(d, ~uint64_t{0})));
#else
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
#endif
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#endif
