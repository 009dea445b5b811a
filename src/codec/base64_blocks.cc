// SPDX-License-Identifier: Apache-2.0
#include "codec/base64_blocks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "codec/vector_target.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/base64_blocks.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

inline size_t encode_by_vectors(std::string_view, char*) {
  return 0;
}
inline size_t decode_by_vectors(std::string_view, char*) {
  return 0;
}

#else

namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kVectorSizeMax = 64;
// Each 16 bytes of a vector are four groups: twelve bytes, or sixteen digits.
using Bytes = hn::CappedTag<uint8_t, kVectorSizeMax>;
using Words = hn::Repartition<uint32_t, Bytes>;
using Halves = hn::Repartition<uint16_t, Bytes>;
constexpr size_t kWordsMax = kVectorSizeMax / 4;

// Takes from each word of a vector the one that `index` says.
template <typename Vector>
HWY_INLINE Vector pick_words(Vector bytes, const uint32_t* index) {
  const Words words;
  return hn::BitCast(Bytes(),
                     hn::TableLookupLanes(hn::BitCast(words, bytes), hn::SetTableIndices(words, index)));
}

template <typename Vector>
HWY_INLINE Vector shuffle(Vector bytes, const uint8_t* table) {
  return hn::TableLookupBytes(bytes, hn::LoadDup128(Bytes(), table));
}

HWY_INLINE auto each_word(uint32_t value) {
  return hn::BitCast(Bytes(), hn::Set(Words(), value));
}

class Encoder {
 public:
  Encoder() {
    for (uint32_t i = 0; i < kWordsMax; ++i) spread_[i] = i < hn::Lanes(Words()) ? i / 4 * 3 + i % 4 : 0;
  }

  // Of a vector at `bytes`, the first three quarters as digits, a vector of them.
  HWY_INLINE void encode(const uint8_t* bytes, uint8_t* digits) const {
    const Bytes d;
    const Halves halves;
    alignas(16) static constexpr uint8_t kGroups[16] = {1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10};
    // What to add to a digit's value, by the range it is in: a-z, 0-9 (ten times), + and /, A-Z.
    constexpr auto kZero = static_cast<uint8_t>('0' - 52);
    constexpr auto kPlus = static_cast<uint8_t>('+' - 62);
    constexpr auto kSlash = static_cast<uint8_t>('/' - 63);
    alignas(16) static constexpr uint8_t kOffsets[16] = {'a' - 26, kZero, kZero, kZero, kZero, kZero,
                                                         kZero,    kZero, kZero, kZero, kZero, kPlus,
                                                         kSlash,   'A',   0,     0};
    const auto groups = shuffle(pick_words(hn::LoadU(d, bytes), spread_), kGroups);
    const auto first_and_third = hn::BitCast(halves, hn::And(groups, each_word(0x0FC0FC00)));
    const auto second_and_fourth = hn::BitCast(halves, hn::And(groups, each_word(0x003F03F0)));
    const auto values =
        hn::Or(hn::BitCast(d, hn::MulHigh(first_and_third, hn::BitCast(halves, each_word(0x04000040)))),
               hn::BitCast(d, hn::Mul(second_and_fourth, hn::BitCast(halves, each_word(0x01000010)))));
    const auto above = hn::SaturatedSub(values, hn::Set(d, uint8_t{51}));
    const auto capital = hn::VecFromMask(d, hn::Lt(values, hn::Set(d, uint8_t{26})));
    const auto range = hn::Or(above, hn::And(capital, hn::Set(d, uint8_t{13})));
    hn::StoreU(hn::Add(values, hn::TableLookupBytes(hn::LoadDup128(d, kOffsets), range)), d, digits);
  }

 private:
  // Word 4k + i is the word 3k + i of what is read: each 16 bytes begin with twelve of their own.
  alignas(64) uint32_t spread_[kWordsMax];
};

size_t encode_by_vectors(std::string_view bytes, char* out) {
  const Encoder encoder;
  const size_t size = hn::Lanes(Bytes());
  const size_t step = size / 4 * 3;
  const auto* from = reinterpret_cast<const uint8_t*>(bytes.data());
  auto* to = reinterpret_cast<uint8_t*>(out);
  size_t at = 0;
  for (; at + size <= bytes.size(); at += step) encoder.encode(from + at, to + at / 3 * 4);
  // The rest through copies, which may be read by whole vectors. The last one takes some again of what went
  // before it.
  const size_t end = bytes.size() / 3 * 3;
  if (end == 0) return 0;
  std::array<uint8_t, kVectorSizeMax> rest{};
  if (end < step) {
    std::array<uint8_t, kVectorSizeMax> digits;
    std::memcpy(rest.data(), from, end);
    encoder.encode(rest.data(), digits.data());
    std::memcpy(to, digits.data(), end / 3 * 4);
    return end;
  }
  for (; at < end; at += step) {
    at = std::min(at, end - step);
    std::memcpy(rest.data(), from + at, step);
    encoder.encode(rest.data(), to + at / 3 * 4);
  }
  return end;
}

class Decoder {
 public:
  Decoder() {
    for (uint32_t i = 0; i < kWordsMax; ++i) {
      const uint32_t from = i / 3 * 4 + i % 3;
      gather_[i] = from < hn::Lanes(Words()) ? from : 0;
    }
  }

  // Of a vector of digits, the bytes, which are three quarters of a vector: a whole one is written. False where
  // not all are digits; then nothing is.
  HWY_INLINE bool decode(const uint8_t* text, uint8_t* bytes) const {
    const Bytes d;
    const Words words;
    const Halves halves;
    // A byte is a digit where its halves have no bit in common here.
    alignas(16) static constexpr uint8_t kByLow[16] = {0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                                                       0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A};
    alignas(16) static constexpr uint8_t kByHigh[16] = {0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08,
                                                        0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10};
    // What to add to a digit, by its high half; / counts as 1.
    constexpr auto kSlash = static_cast<uint8_t>(63 - '/');
    constexpr auto kPlus = static_cast<uint8_t>(62 - '+');
    constexpr auto kZero = static_cast<uint8_t>(52 - '0');
    constexpr auto kCapital = static_cast<uint8_t>(0 - 'A');
    constexpr auto kSmall = static_cast<uint8_t>(26 - 'a');
    alignas(16) static constexpr uint8_t kOffsets[16] = {0,        kSlash,   kPlus,  kZero,
                                                         kCapital, kCapital, kSmall, kSmall};
    alignas(16) static constexpr uint8_t kGroups[16] = {2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0, 0, 0, 0};
    const auto digits = hn::LoadU(d, text);
    const auto low = hn::And(digits, hn::Set(d, uint8_t{15}));
    const auto high = hn::BitCast(d, hn::And(hn::ShiftRight<4>(hn::BitCast(words, digits)),
                                             hn::BitCast(words, hn::Set(d, uint8_t{15}))));
    const auto wrong = hn::And(hn::TableLookupBytes(hn::LoadDup128(d, kByLow), low),
                               hn::TableLookupBytes(hn::LoadDup128(d, kByHigh), high));
    if (!hn::AllTrue(d, hn::Eq(wrong, hn::Zero(d)))) return false;
    const auto is_slash = hn::VecFromMask(d, hn::Eq(digits, hn::Set(d, uint8_t{'/'})));
    const auto offset = hn::TableLookupBytes(hn::LoadDup128(d, kOffsets), hn::Add(high, is_slash));
    const auto values = hn::BitCast(halves, hn::Add(digits, offset));
    // Four values of six bits: two of twelve, then one of 24, above which anything may stand.
    const auto pairs =
        hn::BitCast(words, hn::Or(hn::And(hn::ShiftLeft<6>(values), hn::Set(halves, uint16_t{0x0FC0})),
                                  hn::ShiftRight<8>(values)));
    const auto groups = hn::Or(hn::ShiftLeft<12>(pairs), hn::ShiftRight<16>(pairs));
    hn::StoreU(pick_words(shuffle(hn::BitCast(d, groups), kGroups), gather_), d, bytes);
    return true;
  }

 private:
  // Word 3k + i is the word 4k + i: the twelve bytes of each sixteen, one after another.
  alignas(64) uint32_t gather_[kWordsMax];
};

size_t decode_by_vectors(std::string_view text, char* out) {
  const Decoder decoder;
  const size_t size = hn::Lanes(Bytes());
  const size_t step = size / 4 * 3;
  const auto* from = reinterpret_cast<const uint8_t*>(text.data());
  auto* to = reinterpret_cast<uint8_t*>(out);
  size_t at = 0;
  // Of each vector a quarter is written that does not count: there must be room for it.
  for (; at + size + size / 3 + 4 <= text.size(); at += size) {
    if (!decoder.decode(from + at, to + at / 4 * 3)) return at;
  }
  // The rest through copies, but for the last group, which may be padded. The last one takes some again of what
  // went before it.
  const size_t end = text.empty() ? 0 : (text.size() - 1) / 4 * 4;
  if (end == 0) return 0;
  std::array<uint8_t, kVectorSizeMax> bytes;
  if (end < size) {
    std::array<uint8_t, kVectorSizeMax> digits;
    digits.fill('A');
    std::memcpy(digits.data(), from, end);
    if (!decoder.decode(digits.data(), bytes.data())) return 0;
    std::memcpy(to, bytes.data(), end / 4 * 3);
    return end;
  }
  for (; at < end; at += size) {
    const size_t begin = std::min(at, end - size);
    if (!decoder.decode(from + begin, bytes.data())) return at;
    std::memcpy(to + begin / 4 * 3, bytes.data(), step);
    at = begin;
  }
  return end;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace querymark {

size_t encode_base64_blocks(std::string_view bytes, char* out) {
  return QUERYMARK_FOR_VECTORS(encode_by_vectors)(bytes, out);
}

size_t decode_base64_blocks(std::string_view text, char* out) {
  return QUERYMARK_FOR_VECTORS(decode_by_vectors)(text, out);
}

}  // namespace querymark
#endif
