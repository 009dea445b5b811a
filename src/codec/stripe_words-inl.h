// SPDX-License-Identifier: Apache-2.0
// The eight words of a stripe as one value, in the compilers' portable vectors: operators work on each word,
// and what goes from one word to the next is here. Compiled once for each of Highway's targets, hence the
// guard.
#if defined(QUERYMARK_CODEC_STRIPE_WORDS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef QUERYMARK_CODEC_STRIPE_WORDS_INL_H_
#undef QUERYMARK_CODEC_STRIPE_WORDS_INL_H_
#else
#define QUERYMARK_CODEC_STRIPE_WORDS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>
#include <cstring>
#include <utility>

#include "codec/stripe_masks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

// Words in one vector: as many as the processor's longest has.
//   shift_part   each word becomes the one before it; the first that which was the last of `before`
//   funnel       each word moves left, and gets the highest bits of `lower`
//   fill_words   each bit becomes its xor with all the bits before it in its word
//   flip_odd     the words become their complements where the highest bits of an odd number of those before
//                are set; `odd`: all ones where that is so of those before the part, then of those before the
//                next
//   fold         the words' or, in one
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
using Part = uint64_t __attribute__((vector_size(64)));
HWY_INLINE void shift_part(const Part& before, const Part& part, Part& shifted) {
  shifted = __builtin_shufflevector(before, part, 7, 8, 9, 10, 11, 12, 13, 14);
}
HWY_INLINE void flip_odd(Part& part, Part& odd) {
  const __m512i words = reinterpret_cast<__m512i>(part);
  uint32_t sums = _mm512_movepi64_mask(words);
  for (int shift = 1; shift < 8; shift *= 2) sums ^= sums << shift;
  const auto flipped = static_cast<__mmask8>(sums << 1);
  part = odd ^ reinterpret_cast<Part>(_mm512_mask_xor_epi64(words, flipped, words, _mm512_set1_epi64(-1)));
  const __m512i last = _mm512_permutexvar_epi64(_mm512_set1_epi64(7), reinterpret_cast<__m512i>(part));
  odd = reinterpret_cast<Part>(_mm512_srai_epi64(last, 63));
}
HWY_INLINE uint64_t fold(const Part& part) {
  const Part halves = part | __builtin_shufflevector(part, part, 4, 5, 6, 7, 0, 1, 2, 3);
  const Part quarters = halves | __builtin_shufflevector(halves, halves, 2, 3, 0, 1, 6, 7, 4, 5);
  return quarters[0] | quarters[1];
}
#elif HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
using Part = uint64_t __attribute__((vector_size(32)));
HWY_INLINE __m256i raw(const Part& part) {
  return reinterpret_cast<__m256i>(part);
}
HWY_INLINE void shift_part(const Part& before, const Part& part, Part& shifted) {
  const __m256i middle = _mm256_permute2x128_si256(raw(before), raw(part), 0x21);
  shifted = reinterpret_cast<Part>(_mm256_alignr_epi8(raw(part), middle, 8));
}
// By the highest bits of four words: all ones in those that have an odd number of them before.
struct FlippedWords {
  alignas(32) uint64_t words[16][4];
};
static constexpr FlippedWords kFlippedWords = [] {
  FlippedWords flipped{};
  for (size_t bits = 0; bits < 16; ++bits) {
    for (size_t i = 1; i < 4; ++i)
      flipped.words[bits][i] = flipped.words[bits][i - 1] ^ (0 - (bits >> (i - 1) & 1));
  }
  return flipped;
}();
HWY_INLINE void flip_odd(Part& part, Part& odd) {
  const auto bits = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(raw(part))));
  const auto* flipped = reinterpret_cast<const __m256i*>(kFlippedWords.words[bits]);
  part ^= odd ^ reinterpret_cast<Part>(_mm256_load_si256(flipped));
  const __m256i last = _mm256_permute4x64_epi64(raw(part), 0xFF);
  odd = reinterpret_cast<Part>(_mm256_cmpgt_epi64(_mm256_setzero_si256(), last));
}
HWY_INLINE uint64_t fold(const Part& part) {
  return (part[0] | part[1]) | (part[2] | part[3]);
}
#else
using Part = uint64_t __attribute__((vector_size(16)));
HWY_INLINE void shift_part(const Part& before, const Part& part, Part& shifted) {
  shifted = __builtin_shufflevector(before, part, 1, 2);
}
HWY_INLINE void flip_odd(Part& part, Part& odd) {
  const Part zero{};
  const Part ones = zero - (part >> 63);
  const Part sums = ones ^ __builtin_shufflevector(zero, ones, 0, 2) ^ odd;
  part ^= __builtin_shufflevector(odd, sums, 1, 2);
  odd = __builtin_shufflevector(sums, sums, 1, 1);
}
HWY_INLINE uint64_t fold(const Part& part) {
  return part[0] | part[1];
}
#endif

template <int kDistance>
HWY_INLINE void funnel(const Part& lower, Part& part) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
  part = reinterpret_cast<Part>(
      _mm512_shldi_epi64(reinterpret_cast<__m512i>(part), reinterpret_cast<__m512i>(lower), kDistance));
#else
  part = part << kDistance | lower >> (64 - kDistance);
#endif
}

#if HWY_ARCH_X86 && (HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4)
// A product without carries with all ones is just that.
HWY_INLINE __m128i fill_two_words(__m128i words) {
  const __m128i ones = _mm_set1_epi64x(-1);
  return _mm_unpacklo_epi64(_mm_clmulepi64_si128(words, ones, 0x00), _mm_clmulepi64_si128(words, ones, 0x01));
}
#endif

HWY_INLINE void fill_words(Part& part) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
  const __m512i words = reinterpret_cast<__m512i>(part);
  const __m512i ones = _mm512_set1_epi64(-1);
  part = reinterpret_cast<Part>(_mm512_unpacklo_epi64(_mm512_clmulepi64_epi128(words, ones, 0x00),
                                                      _mm512_clmulepi64_epi128(words, ones, 0x01)));
#elif HWY_ARCH_X86 && HWY_TARGET == HWY_AVX2
  const __m128i low = fill_two_words(_mm256_castsi256_si128(raw(part)));
  const __m128i high = fill_two_words(_mm256_extracti128_si256(raw(part), 1));
  part = reinterpret_cast<Part>(_mm256_set_m128i(high, low));
#elif HWY_ARCH_X86 && HWY_TARGET == HWY_SSE4
  part = reinterpret_cast<Part>(fill_two_words(reinterpret_cast<__m128i>(part)));
#else
  for (int shift = 1; shift < 64; shift *= 2) part ^= part << shift;
#endif
}

constexpr size_t kPartWords = sizeof(Part) / sizeof(uint64_t);
constexpr size_t kParts = kStripeBlocks / kPartWords;

struct Words {
  Part parts[kParts];

  // What the operation gives for each part. Not a loop: with one, g++ 12 keeps the parts in memory.
  template <typename Operation>
  HWY_INLINE static Words of(const Operation& operation) {
    return of(operation, std::make_index_sequence<kParts>());
  }

 private:
  template <typename Operation, size_t... kIndices>
  HWY_INLINE static Words of(const Operation& operation, std::index_sequence<kIndices...>) {
    return {{operation(kIndices)...}};
  }
};

HWY_INLINE Words operator~(const Words& a) {
  return Words::of([&](size_t i) HWY_ATTR { return ~a.parts[i]; });
}
HWY_INLINE Words operator&(const Words& a, const Words& b) {
  return Words::of([&](size_t i) HWY_ATTR { return a.parts[i] & b.parts[i]; });
}
HWY_INLINE Words operator|(const Words& a, const Words& b) {
  return Words::of([&](size_t i) HWY_ATTR { return a.parts[i] | b.parts[i]; });
}
HWY_INLINE Words operator^(const Words& a, const Words& b) {
  return Words::of([&](size_t i) HWY_ATTR { return a.parts[i] ^ b.parts[i]; });
}
HWY_INLINE Words operator+(const Words& a, const Words& b) {
  return Words::of([&](size_t i) HWY_ATTR { return a.parts[i] + b.parts[i]; });
}
HWY_INLINE Words operator<<(const Words& a, int shift) {
  return Words::of([&](size_t i) HWY_ATTR { return a.parts[i] << shift; });
}
HWY_INLINE Words operator>>(const Words& a, int shift) {
  return Words::of([&](size_t i) HWY_ATTR { return a.parts[i] >> shift; });
}

// Part by part: g++ 12 moves larger things in pieces of 16 bytes, for whose arrival a load of 32 has to wait.
HWY_INLINE Words load(const Row& row) {
  return Words::of([&](size_t i) HWY_ATTR {
    Part part;
    std::memcpy(&part, row + i * kPartWords, sizeof(part));
    return part;
  });
}
HWY_INLINE void store(const Words& words, Row& row) {
  for (size_t i = 0; i < kParts; ++i) std::memcpy(row + i * kPartWords, &words.parts[i], sizeof(Part));
}

HWY_INLINE bool any(const Words& words) {
  static_assert(kParts <= 4);
  Part folded = words.parts[0];
  if constexpr (kParts >= 2) folded |= words.parts[1];
  if constexpr (kParts == 4) folded |= words.parts[2] | words.parts[3];
  return fold(folded) != 0;
}

// Each word becomes the one before it; the first that which was the last of `before`.
HWY_INLINE Words shift_words(const Part& before, const Words& words) {
  return Words::of([&](size_t i) HWY_ATTR {
    Part shifted;
    shift_part(i == 0 ? before : words.parts[i - 1], words.parts[i], shifted);
    return shifted;
  });
}

// Bytes of one kind, and what they say about the bytes behind them, the next stripe's included.
class Following {
 public:
  // The bytes that stand kDistance behind `bits`.
  template <int kDistance = 1>
  HWY_INLINE Words next(const Words& bits) const {
    const Words lower = shift_words(last_, bits);
    return Words::of([&](size_t i) HWY_ATTR {
      Part behind = bits.parts[i];
      funnel<kDistance>(lower.parts[i], behind);
      return behind;
    });
  }
  // Then goes on to the next stripe.
  HWY_INLINE void advance(const Words& bits) { last_ = bits.parts[kParts - 1]; }

  // The first bytes behind `bits` that are not in `skipped`; goes on to the next stripe.
  Words next_skipping(const Words& bits, const Words& skipped) {
    Row bit_row, skipped_row, behind;
    store(bits, bit_row);
    store(skipped, skipped_row);
    uint64_t carry = last_[kPartWords - 1] >> 63;
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      const uint64_t next = bit_row[i] << 1 | carry;
      unsigned long long sum = 0;
      const bool overflow = __builtin_uaddll_overflow(next & skipped_row[i], skipped_row[i], &sum);
      carry = bit_row[i] >> 63 | uint64_t{overflow};
      behind[i] = (next | sum) & ~skipped_row[i];
    }
    last_ = Part{} + (carry << 63);
    return load(behind);
  }

 private:
  Part last_{};  // of which the last word counts
};

// Bytes from each mark to the next one, which is not included: strings by their quotes.
class Spans {
 public:
  HWY_INLINE Words next(const Words& marks) {
    return Words::of([&](size_t i) HWY_ATTR {
      Part inside = marks.parts[i];
      fill_words(inside);
      flip_odd(inside, is_inside_);
      return inside;
    });
  }

 private:
  Part is_inside_{};  // all ones, or none
};

// Strings that are keys, told by their opening quotes.
class Keys {
 public:
  struct Found {
    Words closing;    // their closing quotes
    Words others;     // the bytes of strings that are none
    Words overflow;   // for advance()
    Words undecided;  // not 0: one goes through a whole word
  };

  // REQUIRES: `opening` is a subset of where `strings` begin.
  HWY_INLINE Found next(const Words& strings, const Words& opening) const {
    // The carry of an addition runs through the strings that are keys, and comes out on their closing quotes.
    const Words partial = strings + opening;
    const Words overflow = (opening | (strings & ~partial)) >> 63;
    const Words carried = shift_words(overflow_, overflow);
    const Words sum = partial + carried;
    const Words undecided = (partial & ~sum) >> 63 & carried;
    return {sum & ~strings, sum & strings, overflow, undecided};
  }
  HWY_INLINE void advance(const Words& overflow) { overflow_ = overflow.parts[kParts - 1]; }

 private:
  Part overflow_{};  // of which the last word counts
};

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#endif
