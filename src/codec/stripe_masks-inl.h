// SPDX-License-Identifier: Apache-2.0
// A stripe of JSON, 512 bytes, as masks: word i of a row has a bit for each byte of the block i of 64 bytes.
// The seven kinds of bytes that matter come as three bits, since taking bits out of vectors is what costs
// most. Compiled once for each of Highway's targets, hence the guard.
//
//   {"a":[1],   sign 100011011   second 000000011   third 010110010
#if defined(QUERYMARK_CODEC_STRIPE_MASKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef QUERYMARK_CODEC_STRIPE_MASKS_INL_H_
#undef QUERYMARK_CODEC_STRIPE_MASKS_INL_H_
#else
#define QUERYMARK_CODEC_STRIPE_MASKS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

constexpr size_t kBlockSize = 64;
constexpr size_t kStripeBlocks = 8;
constexpr size_t kStripeSize = kStripeBlocks * kBlockSize;
using Row = uint64_t[kStripeBlocks];

//             sign second third            sign second third
//   { [         1     0     0      other     0     0     0
//   :           1     0     1      "         0     0     1
//   ,           1     1     0      \         0     1     0
//   } ]         1     1     1      <= space  0     1     1
struct StripeMasks {
  alignas(64) Row sign;
  alignas(64) Row second;
  alignas(64) Row third;
  alignas(64) Row late;  // y and all bytes above: also tells { and } from [ and ]
};

// Kinds of bytes, one bit each: a byte is of those that both its low and its high four bits may be of.
enum ByteKind : uint8_t {
  kQuote = 1,
  kBackslash = 2,
  kOpen = 4,
  kClose = 8,
  kColon = 16,
  kComma = 32,
  kControl = 64,
  kSpace = 128,
};
constexpr uint8_t kSign = kOpen | kClose | kColon | kComma;
constexpr uint8_t kSecond = kBackslash | kComma | kClose | kControl | kSpace;
constexpr uint8_t kThird = kQuote | kColon | kClose | kControl | kSpace;

alignas(16) static constexpr uint8_t kByLow[16] = {kControl | kSpace,
                                                   kControl,
                                                   kControl | kQuote,
                                                   kControl,
                                                   kControl,
                                                   kControl,
                                                   kControl,
                                                   kControl,
                                                   kControl,
                                                   kControl,
                                                   kControl | kColon,
                                                   kControl | kOpen,
                                                   kControl | kBackslash | kComma,
                                                   kControl | kClose,
                                                   kControl,
                                                   kControl};
alignas(16) static constexpr uint8_t kByHigh[16] = {kControl,
                                                    kControl,
                                                    kQuote | kComma | kSpace,
                                                    kColon,
                                                    0,
                                                    kBackslash | kOpen | kClose,
                                                    0,
                                                    kOpen | kClose,
                                                    0,
                                                    0,
                                                    0,
                                                    0,
                                                    0,
                                                    0,
                                                    0,
                                                    0};

#if HWY_TARGET == HWY_SCALAR

// Writes word i of each row.
inline void write_masks(const char* block, size_t i, StripeMasks& masks) {
  masks.sign[i] = masks.second[i] = masks.third[i] = masks.late[i] = 0;
  for (size_t j = 0; j < kBlockSize; ++j) {
    const auto byte = static_cast<uint8_t>(block[j]);
    const uint8_t kinds = kByLow[byte & 15] & kByHigh[byte >> 4];
    masks.sign[i] |= uint64_t{(kinds & kSign) != 0} << j;
    masks.second[i] |= uint64_t{(kinds & kSecond) != 0} << j;
    masks.third[i] |= uint64_t{(kinds & kThird) != 0} << j;
    masks.late[i] |= uint64_t{byte >= 'y'} << j;
  }
}

// The control characters of a block where none may stand: in strings any, elsewhere all but tabs and line
// breaks.
inline uint64_t find_controls(const char* block, uint64_t string) {
  uint64_t controls = 0;
  for (size_t i = 0; i < kBlockSize; ++i) {
    const char c = block[i];
    const bool is_break = c == '\t' || c == '\n' || c == '\r';
    const bool is_control = static_cast<uint8_t>(c) < ' ' && (!is_break || (string >> i & 1) != 0);
    controls |= uint64_t{is_control} << i;
  }
  return controls;
}

// The first quote or backslash from `from` on, or its 64th byte.
inline const char* find_quote_or_backslash(const char* from) {
  const char* const end = from + kBlockSize;
  while (from < end && *from != '"' && *from != '\\') ++from;
  return from;
}

#else

namespace hn = hwy::HWY_NAMESPACE;

template <typename D, typename Mask>
HWY_INLINE uint64_t mask_bits(D d, Mask mask) {
  uint64_t bits = 0;
  hn::StoreMaskBits(d, mask, reinterpret_cast<uint8_t*>(&bits));
  return bits;
}

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL

struct KindTable {
  alignas(64) uint8_t kinds[128];
};
static constexpr KindTable kKindOfAscii = [] {
  KindTable table{};
  for (size_t byte = 0; byte < 128; ++byte) table.kinds[byte] = kByLow[byte % 16] & kByHigh[byte / 16];
  return table;
}();

// As below, with a look-up for all ASCII bytes at once.
HWY_INLINE void write_masks(const char* block, size_t i, StripeMasks& masks) {
  const __m512i here = _mm512_loadu_si512(block);
  const __m512i kinds = _mm512_maskz_permutex2var_epi8(_knot_mask64(_mm512_movepi8_mask(here)),
                                                       _mm512_load_si512(kKindOfAscii.kinds), here,
                                                       _mm512_load_si512(kKindOfAscii.kinds + kBlockSize));
  const auto any_of = [&](uint8_t wanted) HWY_ATTR {
    return _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(static_cast<char>(wanted)));
  };
  masks.sign[i] = any_of(kSign);
  masks.second[i] = any_of(kSecond);
  masks.third[i] = any_of(kThird);
  masks.late[i] = _mm512_cmpge_epu8_mask(here, _mm512_set1_epi8('y'));
}

#else

HWY_INLINE void write_masks(const char* block, size_t i, StripeMasks& masks) {
  const hn::CappedTag<uint8_t, kBlockSize> d;
  const hn::Repartition<uint16_t, decltype(d)> pairs;
  const auto byte = [&](int value) HWY_ATTR { return hn::Set(d, static_cast<uint8_t>(value)); };
  // Bits of those that are not.
  uint64_t sign = 0;
  uint64_t second = 0;
  uint64_t third = 0;
  uint64_t late = 0;
  for (size_t j = 0; j < kBlockSize; j += hn::Lanes(d)) {
    const auto here = hn::LoadU(d, reinterpret_cast<const uint8_t*>(block) + j);
    const auto high = hn::And(hn::BitCast(d, hn::ShiftRight<4>(hn::BitCast(pairs, here))), byte(15));
    const auto kinds = hn::And(hn::TableLookupBytes(hn::LoadDup128(d, kByLow), hn::And(here, byte(15))),
                               hn::TableLookupBytes(hn::LoadDup128(d, kByHigh), high));
    const auto none_of = [&](uint8_t wanted) HWY_ATTR {
      return mask_bits(d, hn::Eq(hn::And(kinds, byte(wanted)), hn::Zero(d))) << j;
    };
    sign |= none_of(kSign);
    second |= none_of(kSecond);
    third |= none_of(kThird);
    late |= mask_bits(d, hn::Eq(hn::Min(here, byte('x')), here)) << j;
  }
  masks.sign[i] = ~sign;
  masks.second[i] = ~second;
  masks.third[i] = ~third;
  masks.late[i] = ~late;
}

#endif

inline uint64_t find_controls(const char* block, uint64_t string) {
  const hn::CappedTag<uint8_t, kBlockSize> d;
  const auto* bytes = reinterpret_cast<const uint8_t*>(block);
  const auto byte = [&](int value) HWY_ATTR { return hn::Set(d, static_cast<uint8_t>(value)); };
  uint64_t controls = 0;
  uint64_t breaks = 0;
  for (size_t j = 0; j < kBlockSize; j += hn::Lanes(d)) {
    const auto here = hn::LoadU(d, bytes + j);
    const auto is_line_break = hn::Or(hn::Eq(here, byte('\n')), hn::Eq(here, byte('\r')));
    breaks |= mask_bits(d, hn::Or(is_line_break, hn::Eq(here, byte('\t')))) << j;
    controls |= mask_bits(d, hn::Lt(here, byte(' '))) << j;
  }
  return controls & (string | ~breaks);
}

HWY_INLINE const char* find_quote_or_backslash(const char* from) {
  const hn::CappedTag<uint8_t, kBlockSize> d;
  for (size_t j = 0; j < kBlockSize; j += hn::Lanes(d)) {
    const auto here = hn::LoadU(d, reinterpret_cast<const uint8_t*>(from) + j);
    const auto is_quote = hn::Eq(here, hn::Set(d, uint8_t{'"'}));
    const auto is_backslash = hn::Eq(here, hn::Set(d, uint8_t{'\\'}));
    const intptr_t found = hn::FindFirstTrue(d, hn::Or(is_quote, is_backslash));
    if (found >= 0) return from + j + found;
  }
  return from + kBlockSize;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#endif
