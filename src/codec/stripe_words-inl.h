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

#include "codec/stripe_masks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

// Words in one vector: all where the processor has such long ones, else two, which g++ 12 turns into better
// code than four (137 against 182 ns a record with AVX2).
//   shift_part   each word becomes the one before it; the first that which was the last of `before`
//   sum_up       each word becomes it xor all before it
//   last_word    each word becomes the last
//   fold         the words' or, in one
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
using Part = uint64_t __attribute__((vector_size(64)));
HWY_INLINE void shift_part(const Part& before, const Part& part, Part& shifted) {
  shifted = __builtin_shufflevector(before, part, 7, 8, 9, 10, 11, 12, 13, 14);
}
HWY_INLINE void sum_up(Part& part) {
  const Part zero{};
  part ^= __builtin_shufflevector(zero, part, 0, 8, 9, 10, 11, 12, 13, 14);
  part ^= __builtin_shufflevector(zero, part, 0, 1, 8, 9, 10, 11, 12, 13);
  part ^= __builtin_shufflevector(zero, part, 0, 1, 2, 3, 8, 9, 10, 11);
}
HWY_INLINE void last_word(const Part& part, Part& last) {
  last = __builtin_shufflevector(part, part, 7, 7, 7, 7, 7, 7, 7, 7);
}
HWY_INLINE uint64_t fold(const Part& part) {
  const Part halves = part | __builtin_shufflevector(part, part, 4, 5, 6, 7, 0, 1, 2, 3);
  const Part quarters = halves | __builtin_shufflevector(halves, halves, 2, 3, 0, 1, 6, 7, 4, 5);
  return quarters[0] | quarters[1];
}
#else
using Part = uint64_t __attribute__((vector_size(16)));
HWY_INLINE void shift_part(const Part& before, const Part& part, Part& shifted) {
  shifted = __builtin_shufflevector(before, part, 1, 2);
}
HWY_INLINE void sum_up(Part& part) {
  part ^= __builtin_shufflevector(Part{}, part, 0, 2);
}
HWY_INLINE void last_word(const Part& part, Part& last) {
  last = __builtin_shufflevector(part, part, 1, 1);
}
HWY_INLINE uint64_t fold(const Part& part) {
  return part[0] | part[1];
}
#endif

constexpr size_t kPartWords = sizeof(Part) / sizeof(uint64_t);
constexpr size_t kParts = kStripeBlocks / kPartWords;

struct Words {
  Part parts[kParts];

  template <typename Operation>
  HWY_INLINE static Words of(const Operation& operation) {
    Words result;
    for (size_t i = 0; i < kParts; ++i) result.parts[i] = operation(i);
    return result;
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

HWY_INLINE Words load(const Row& row) {
  Words words;
  std::memcpy(&words, row, sizeof(words));
  return words;
}
HWY_INLINE void store(const Words& words, Row& row) {
  std::memcpy(row, &words, sizeof(words));
}

HWY_INLINE bool any(const Words& words) {
  Part folded = words.parts[0];
  for (size_t i = 1; i < kParts; ++i) folded |= words.parts[i];
  return fold(folded) != 0;
}

// Each word becomes the one before it; the first that which was the last of `before`.
HWY_INLINE Words shift_words(const Words& before, const Words& words) {
  Words shifted;
  for (size_t i = 0; i < kParts; ++i) {
    shift_part(i == 0 ? before.parts[kParts - 1] : words.parts[i - 1], words.parts[i], shifted.parts[i]);
  }
  return shifted;
}

// Bytes of one kind, and what they say about the bytes behind them, the next stripe's included.
class Following {
 public:
  // The bytes that stand kDistance behind `bits`.
  template <int kDistance = 1>
  HWY_INLINE Words next(const Words& bits) const {
    return bits << kDistance | shift_words(last_, bits) >> (64 - kDistance);
  }
  // Then goes on to the next stripe.
  HWY_INLINE void advance(const Words& bits) { last_ = bits; }

  // The first bytes behind `bits` that are not in `skipped`; goes on to the next stripe.
  Words next_skipping(const Words& bits, const Words& skipped) {
    Row bit_row, skipped_row, behind;
    store(last_, behind);
    store(bits, bit_row);
    store(skipped, skipped_row);
    uint64_t carry = behind[kStripeBlocks - 1] >> 63;
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      const uint64_t next = bit_row[i] << 1 | carry;
      unsigned long long sum = 0;
      const bool overflow = __builtin_uaddll_overflow(next & skipped_row[i], skipped_row[i], &sum);
      carry = bit_row[i] >> 63 | uint64_t{overflow};
      behind[i] = (next | sum) & ~skipped_row[i];
    }
    for (uint64_t& word : bit_row) word = carry << 63;
    last_ = load(bit_row);
    return load(behind);
  }

 private:
  Words last_{};  // of which the last word counts
};

// From each opening quote up to the closing one, which is not included.
class Strings {
 public:
  HWY_INLINE Words next(const Words& quotes) {
    Words inside = quotes;
    for (int shift = 1; shift < 64; shift *= 2) inside = inside ^ inside << shift;
    for (Part& part : inside.parts) {
      // All ones in a word behind which a string goes on, were none going on before it; then summed up.
      const Part zero{};
      Part odd = zero - (part >> 63);
      sum_up(odd);
      Part before;
      shift_part(zero, odd, before);
      part ^= before ^ goes_on_;
      Part last;
      last_word(odd, last);
      goes_on_ ^= last;
    }
    return inside;
  }

 private:
  Part goes_on_{};  // all ones, or none
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
    const Words overflow = Words::of(
        [&](size_t i) HWY_ATTR { return reinterpret_cast<Part>(partial.parts[i] < strings.parts[i]) >> 63; });
    const Words carried = shift_words(overflow_, overflow);
    const Words sum = partial + carried;
    const Words is_zero =
        Words::of([&](size_t i) HWY_ATTR { return reinterpret_cast<Part>(sum.parts[i] == 0); });
    return {sum & ~strings, sum & strings, overflow, carried & is_zero};
  }
  HWY_INLINE void advance(const Words& overflow) { overflow_ = overflow; }

 private:
  Words overflow_{};
};

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#endif
