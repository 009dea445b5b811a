// SPDX-License-Identifier: Apache-2.0
// One loop over the stripes of a stream, without a branch that its content could turn. The grammar is checked
// by what may follow what: with a bit for every place where a value begins, and a bit for every place behind
// a colon, a comma or an opening bracket, the two must be the same; and behind each key, and nowhere else,
// stands a colon.
//
// How deep a byte is, as a number of two bits, comes by counting as adders do: the low bit changes at every
// bracket, the high one where the low one carries. Of what kind the bracket around it is comes from each
// depth by itself: there an opening and a closing bracket take turns.
//
// A stripe goes through seven steps, each a chain of operations of which every one needs the one before it.
// So seven stripes are on their way at once, and the processor works on a step of each.
#include "codec/record_blocks.h"

#include "codec/vector_target.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/record_blocks.cc"
#include <hwy/foreach_target.h>

#include <array>
#include <bit>
#include <cstring>

#include "codec/json_string.h"
#include "codec/record_events-inl.h"
#include "codec/stripe_masks-inl.h"
#include "codec/stripe_words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

// A page: what processors fetch by themselves ends at the next one. Far from the chunk's end it is no use, and
// no harm.
constexpr size_t kPrefetchDistance = 4096;

HWY_INLINE size_t index_of_lowest(uint64_t bits) {
  return static_cast<size_t>(std::countr_zero(bits));
}

struct Stripe {
  size_t at;          // its offset in the chunk
  const char* bytes;  // there, or in a copy of the chunk's last ones
  // Step 1: bytes to masks.
  StripeMasks masks;
  // Step 2: what is in strings, and what is not.
  alignas(64) Row quote;   // those that are not escaped
  alignas(64) Row string;  // strings with their opening quotes
  alignas(64) Row open;    // brackets
  alignas(64) Row close;
  bool has_broken_escape;
  // Step 3: the low bit of depths.
  alignas(64) Row low;
  alignas(64) Row second;  // brackets between the depths 1 and 2
  // Step 4: the high bit.
  alignas(64) Row high;
  alignas(64) Row object_2;  // where the bracket around depth 2 is an object's
  // Step 5: what holds each byte.
  alignas(64) Row between;  // records
  alignas(64) Row object;   // directly in an object; of opening brackets, what holds them
  alignas(64) Row top;      // directly in a record; its opening bracket, too
  alignas(64) Row begins;   // of records: their first byte, their last
  alignas(64) Row ends;
  alignas(64) Row misplaced;  // brackets, none may be
  // Step 6: the grammar.
  alignas(64) Row events;  // places for RecordEvents
  bool has_spacing;        // between tokens
};

// The bytes of a stripe by what they are.
struct Tokens {
  Words quote, string, open, close, colon, comma, backslash, low, between, object;
};

// What follows from them.
struct Grammar {
  Words scalar;
  Keys::Found keys;
  Words wrong;
};

class StripeScanner {
 public:
  StripeScanner(std::string_view chunk, size_t begin, MarkMembers members, std::span<ScannedRecord> out)
      : chunk_(chunk), begin_(begin), members_(members), events_(chunk, begin, members, out) {}

  BlockRun run() {
    std::array<Stripe, 8> stripes;  // a power of two, over five
    const size_t count = (chunk_.size() - begin_ + kStripeSize - 1) / kStripeSize;
    // The stripe that is in a step, while there is one: those before it are further.
    for (size_t i = 0; i < count + 6; ++i) {
      const auto is_in = [&](size_t step) { return i >= step - 1 && i - (step - 1) < count; };
      const auto stripe_in = [&](size_t step) -> Stripe& {
        return stripes[(i - (step - 1)) % stripes.size()];
      };
      if (is_in(1)) read_masks(begin_ + i * kStripeSize, stripe_in(1));
      if (is_in(2)) find_strings(stripe_in(2));
      if (is_in(3)) find_low_depth(stripe_in(3));
      if (is_in(4)) find_high_depth(stripe_in(4));
      if (is_in(5)) find_places(stripe_in(5));
      const bool is_sound = !is_in(6) || check(stripe_in(6));
      if (is_in(7) && !take_events(stripe_in(7))) break;
      if (!is_sound) break;
    }
    return events_.run();
  }

 private:
  // Step 1: bytes to masks.
  HWY_INLINE void read_masks(size_t at, Stripe& stripe) {
    stripe.at = at;
    stripe.bytes = chunk_.data() + at;
    const size_t left = chunk_.size() - at;
    if (HWY_UNLIKELY(left < kStripeSize)) {
      std::memcpy(tail_, stripe.bytes, left);
      std::memset(tail_ + left, ' ', sizeof(tail_) - left);
      stripe.bytes = tail_;
    }
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      const char* block = stripe.bytes + i * kBlockSize;
      __builtin_prefetch(block + kPrefetchDistance);
      write_masks(block, i, stripe.masks);
    }
  }

  // Step 2.
  HWY_INLINE void find_strings(Stripe& stripe) {
    const Words sign = load(stripe.masks.sign);
    const Words second = load(stripe.masks.second);
    const Words third = load(stripe.masks.third);
    Words quote = ~sign & ~second & third;
    const Words backslash = ~sign & second & ~third;
    stripe.has_broken_escape = false;
    if (HWY_UNLIKELY(first_is_escaped_ != 0 || any(backslash))) quote = quote & ~take_escapes(stripe);
    const Words string = strings_.next(quote);
    const Words outside = ~(string | quote);
    store(quote, stripe.quote);
    store(string, stripe.string);
    store(sign & ~second & ~third & outside, stripe.open);
    store(sign & second & third & outside, stripe.close);
  }

  // The bytes that are escaped.
  HWY_NOINLINE Words take_escapes(Stripe& stripe) {
    Row row;
    store(~load(stripe.masks.sign) & load(stripe.masks.second) & ~load(stripe.masks.third), row);
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      uint64_t escaped = first_is_escaped_;
      uint64_t backslashes = row[i] & ~first_is_escaped_;
      first_is_escaped_ = 0;
      while (backslashes != 0) {
        const size_t index = index_of_lowest(backslashes);
        const uint64_t bit = uint64_t{1} << index;
        stripe.has_broken_escape |= escape_size(chunk_, stripe.at + i * kBlockSize + index) == 0;
        escaped |= bit << 1;
        first_is_escaped_ = bit >> 63;
        backslashes &= ~(bit | bit << 1);
      }
      row[i] = escaped;
    }
    return load(row);
  }

  // Step 3.
  HWY_INLINE void find_low_depth(Stripe& stripe) {
    const Words open = load(stripe.open);
    const Words close = load(stripe.close);
    const Words low = depth_low_.next(open | close);
    store(low, stripe.low);
    store((open & ~low) | (close & low), stripe.second);
  }

  // Step 4.
  HWY_INLINE void find_high_depth(Stripe& stripe) {
    const Words second = load(stripe.second);
    store(depth_high_.next(second), stripe.high);
    store(objects_2_.next(second & load(stripe.masks.late)), stripe.object_2);
  }

  // Step 5. A depth of four is as wrong as one below zero.
  HWY_INLINE void find_places(Stripe& stripe) {
    const Words open = load(stripe.open);
    const Words close = load(stripe.close);
    const Words low = load(stripe.low);
    const Words high = load(stripe.high);
    const Words second = load(stripe.second);
    const Words object_2 = load(stripe.object_2);
    const Words curly = load(stripe.masks.late);  // of brackets
    // Brackets between the depths 0 and 1, and between 2 and 3.
    const Words first = (open | close) & ~second & ~high;
    const Words third = (open | close) & ~second & high;
    const Words object_3 = objects_3_.next(third & curly);
    const Words top = low & ~high;
    store(open & first, stripe.begins);
    store(close & first, stripe.ends);
    store(top, stripe.top);
    store(~(low | high | close), stripe.between);
    store((top & ~(open & first)) | (high & ~low & (object_2 | open)) |
              (high & low & ((object_3 & ~open) | (object_2 & open))),
          stripe.object);
    store((second & (high ^ open)) | (first & ~curly) | (close & ((second & object_2) | (third & object_3))),
          stripe.misplaced);
  }

  // Step 6. False where the run ends.
  HWY_INLINE bool check(Stripe& stripe) {
    const Tokens tokens = read_tokens(stripe);
    const Words before_value = tokens.open | tokens.colon | tokens.comma;
    const Grammar grammar = check_tokens(stripe, tokens, behind_colon_.next(tokens.colon),
                                         behind_open_.next(tokens.open), before_value_.next(before_value));
    // Blanks between tokens or in strings: both are rare enough to be looked at again.
    const Words unusual = tokens.low & ~tokens.between;
    if (HWY_UNLIKELY(stripe.has_broken_escape || any(grammar.wrong | unusual))) return check_again(stripe);
    behind_colon_.advance(tokens.colon);
    behind_open_.advance(tokens.open);
    before_value_.advance(before_value);
    stripe.has_spacing = false;
    advance(stripe, tokens, grammar);
    return true;
  }

  // With regard to blanks between tokens, and to control characters. A function of its own, and from the
  // beginning, so that all that is usual stays in registers.
  HWY_NOINLINE bool check_again(Stripe& stripe) {
    const Tokens tokens = read_tokens(stripe);
    const Words blank = tokens.low & ~(tokens.string | tokens.quote);
    stripe.has_spacing = any(blank & ~tokens.between);
    const Words behind_colon = behind_colon_.next_skipping(tokens.colon, blank);
    const Words behind_open = behind_open_.next_skipping(tokens.open, blank);
    const Words expected = before_value_.next_skipping(tokens.open | tokens.colon | tokens.comma, blank);
    const Grammar grammar = check_tokens(stripe, tokens, behind_colon, behind_open, expected);
    if (stripe.has_broken_escape || any(grammar.wrong) || has_controls(stripe)) return false;
    advance(stripe, tokens, grammar);
    return true;
  }

  static HWY_INLINE Tokens read_tokens(const Stripe& stripe) {
    const Words sign = load(stripe.masks.sign);
    const Words second = load(stripe.masks.second);
    const Words third = load(stripe.masks.third);
    Tokens tokens;
    tokens.quote = load(stripe.quote);
    tokens.string = load(stripe.string);
    tokens.open = load(stripe.open);
    tokens.close = load(stripe.close);
    tokens.between = load(stripe.between);
    tokens.object = load(stripe.object);
    const Words outside = ~(tokens.string | tokens.quote);
    tokens.colon = sign & ~second & third & outside;
    tokens.comma = sign & second & ~third & outside;
    tokens.backslash = ~sign & second & ~third;
    tokens.low = ~sign & second & third;
    return tokens;
  }

  // `expected`: the places where a value stands, or the bracket that closes an empty object or array.
  HWY_INLINE Grammar check_tokens(const Stripe& stripe, const Tokens& t, const Words& behind_colon,
                                  const Words& behind_open, const Words& expected) const {
    Grammar grammar;
    grammar.scalar = ~(t.string | t.quote | t.open | t.close | t.colon | t.comma | t.low);
    const Words value =
        (t.quote & t.string) | t.open | (grammar.scalar & ~behind_scalar_.next(grammar.scalar));
    const Words key = value & t.object & ~behind_colon;
    grammar.keys = keys_.next(t.string, key & t.string);
    grammar.wrong = load(stripe.misplaced) |
                    (value ^ expected ^ (t.close & behind_open) ^ load(stripe.begins)) | (key & ~t.string) |
                    (t.colon ^ behind_key_.next(grammar.keys.closing)) |
                    (t.backslash & ~grammar.keys.others) | (t.between & ~t.low) | grammar.keys.undecided;
    return grammar;
  }

  // Goes on to the next stripe. What is wanted are keys of the right length, by the letter y told from
  // others.
  HWY_INLINE void advance(Stripe& stripe, const Tokens& t, const Grammar& grammar) {
    behind_scalar_.advance(grammar.scalar);
    behind_key_.advance(grammar.keys.closing);
    keys_.advance(grammar.keys.overflow);
    const Words opening = t.quote & t.string;
    const Words late = load(stripe.masks.late);
    // query_name but not query_type, isMatchedDomain but not query_timestamp.
    Words wanted = (opening_.next<11>(opening) & late_.next<6>(late) & ~late_.next<3>(late)) |
                   (opening_.next<16>(opening) & ~late_.next<11>(late));
    if (members_ == MarkMembers::kAnnotated) {
      wanted = wanted | opening_.next<17>(opening) | opening_.next<6>(opening);
    }
    store((grammar.keys.closing & load(stripe.top) & wanted) | load(stripe.ends), stripe.events);
    opening_.advance(opening);
    late_.advance(late);
  }

  static HWY_INLINE bool has_controls(const Stripe& stripe) {
    uint64_t controls = 0;
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      controls |= find_controls(stripe.bytes + i * kBlockSize, stripe.string[i]);
    }
    return controls != 0;
  }

  // Step 7: where records end, and keys that may be wanted, in order.
  HWY_INLINE bool take_events(const Stripe& stripe) {
    // One of a block is written without asking whether there is one.
    uint16_t places[kStripeSize + 1];
    size_t count = 0;
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      uint64_t bits = stripe.events[i];
      const size_t end = count + static_cast<size_t>(std::popcount(bits));
      places[count++] = static_cast<uint16_t>(i * kBlockSize + index_of_lowest(bits));
      while (HWY_UNLIKELY(count < end)) {
        bits &= bits - 1;
        places[count++] = static_cast<uint16_t>(i * kBlockSize + index_of_lowest(bits));
      }
      count = end;
    }
    events_.set_spacing(stripe.has_spacing);
    for (size_t i = 0; i < count; ++i) {
      if (!events_.take(stripe.at + places[i])) return false;
    }
    return true;
  }

  std::string_view chunk_;
  size_t begin_;
  MarkMembers members_;
  RecordEvents events_;
  char tail_[kStripeSize];

  // Behind the last stripe that went through a step.
  uint64_t first_is_escaped_ = 0;
  Spans strings_;
  Spans depth_low_;
  Spans depth_high_;
  Spans objects_2_;
  Spans objects_3_;
  Following behind_scalar_;
  Following behind_colon_;
  Following behind_open_;
  Following before_value_;
  Following behind_key_;
  Following opening_;
  Following late_;
  Keys keys_;
};

BlockRun scan_stripes(std::string_view chunk, size_t begin, MarkMembers members,
                      std::span<ScannedRecord> out) {
  return StripeScanner(chunk, begin, members, out).run();
}

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace querymark {

BlockRun scan_blocks(std::string_view chunk, size_t begin, MarkMembers members,
                     std::span<ScannedRecord> out) {
  return QUERYMARK_FOR_VECTORS(scan_stripes)(chunk, begin, members, out);
}

}  // namespace querymark
#endif
