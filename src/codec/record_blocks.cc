// SPDX-License-Identifier: Apache-2.0
// One loop over the stripes of a stream. The grammar is checked by what may follow what: with a bit for every
// place where a value begins, and a bit for every place behind a colon, a comma or an opening bracket, the
// two must be the same; and behind each key, and nowhere else, stands a colon. Only brackets are looked at
// one by one, on a stack of bits: they say which places are directly in an object, and where records begin
// and end.
//
// A stripe goes through three steps, and three stripes are on their way at once, so that no step waits for
// words that the one before it has just written.
#include "codec/record_blocks.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/record_blocks.cc"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "codec/json_string.h"
#include "codec/stripe_masks-inl.h"
#include "codec/stripe_words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

// Ones from a bit on, to the left; of no bit: none.
HWY_INLINE uint64_t from_bit(uint64_t bit) {
  return 0 - bit;
}

HWY_INLINE uint64_t lowest_bit(uint64_t bits) {
  return bits & (0 - bits);
}

HWY_INLINE size_t index_of(uint64_t bit) {
  return static_cast<size_t>(std::countr_zero(bit));
}

HWY_INLINE bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

struct Stripe {
  size_t at;          // its offset in the chunk
  const char* bytes;  // there, or in a copy of the chunk's last ones
  // Step 1.
  StripeMasks masks;
  // Step 2.
  alignas(64) Row quote;   // those that are not escaped
  alignas(64) Row string;  // strings with their opening quotes
  alignas(64) Row open;    // brackets
  alignas(64) Row close;
  alignas(64) Row between;  // records
  alignas(64) Row object;   // directly in an object; of brackets, what holds them
  alignas(64) Row begins;   // of records: their first byte, their last
  alignas(64) Row ends;
  Row stack;       // before each block
  uint64_t wrong;  // not 0: what no stripe of sound records has
  // Step 3.
  alignas(64) Row wanted;  // closing quotes of keys that may be looked for
};

// The bytes of a stripe by what they are.
struct Tokens {
  Words quote, string, open, close, colon, comma, backslash, low, between, object, begins;
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
      : chunk_(chunk), members_(members), out_(out), run_{0, begin, 0} {}

  BlockRun run() {
    std::array<Stripe, 3> stripes;
    const size_t begin = run_.end;
    const size_t count = (chunk_.size() - begin + kStripeSize - 1) / kStripeSize;
    for (size_t i = 0; i < count + 2; ++i) {
      Stripe& first = stripes[i % 3];
      Stripe& second = stripes[(i + 2) % 3];
      Stripe& third = stripes[(i + 1) % 3];
      const bool has_second = i >= 1 && i <= count;
      if (has_second) find_strings(second);
      if (i >= 2 && !check(third)) break;
      if (i < count) read_masks(begin + i * kStripeSize, first);
      if (has_second) find_places(second);
      if (i >= 2 && !take_events(third)) break;
    }
    return run_;
  }

 private:
  // The open brackets: behind a 1 and a 0 for each a bit, 1 where it is an object's. This is none.
  static constexpr uint64_t kEmptyStack = 2;
  // A stack from here on is too deep for the brackets that one block may add.
  static constexpr uint64_t kStackMax = uint64_t{1} << 31;
  static constexpr int kBlockBracketsMax = 32;

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
    for (size_t i = 0; i < kStripeBlocks; ++i) write_masks(stripe.bytes + i * kBlockSize, i, stripe.masks);
  }

  // Step 2: what is in strings, in objects, between records.
  HWY_INLINE void find_strings(Stripe& stripe) {
    const Words sign = load(stripe.masks.sign);
    const Words second = load(stripe.masks.second);
    const Words third = load(stripe.masks.third);
    stripe.wrong = 0;
    Words quote = ~sign & ~second & third;
    const Words backslash = ~sign & second & ~third;
    if (HWY_UNLIKELY(first_is_escaped_ != 0 || any(backslash))) quote = quote & ~take_escapes(stripe);
    const Words string = strings_.next(quote);
    const Words outside = ~(string | quote);
    store(quote, stripe.quote);
    store(string, stripe.string);
    store(sign & ~second & ~third & outside, stripe.open);
    store(sign & second & third & outside, stripe.close);
  }

  HWY_INLINE void find_places(Stripe& stripe) {
    uint64_t stack = stack_;
    uint64_t wrong = 0;
    for (size_t i = 0; i < kStripeBlocks; ++i) stack = take_brackets(stripe, i, stack, wrong);
    stack_ = stack;
    stripe.wrong |= wrong;
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
        const uint64_t bit = lowest_bit(backslashes);
        const size_t size = escape_size(chunk_, stripe.at + i * kBlockSize + index_of(bit));
        stripe.wrong |= uint64_t{size == 0};
        escaped |= bit << 1;
        first_is_escaped_ = bit >> 63;
        backslashes &= ~(bit | bit << 1);
      }
      row[i] = escaped;
    }
    return load(row);
  }

  // Those of one block, behind brackets that are on `stack`; returns the stack behind them.
  static HWY_INLINE uint64_t take_brackets(Stripe& stripe, size_t i, uint64_t stack, uint64_t& wrong) {
    const char* const block = stripe.bytes + i * kBlockSize;
    const uint64_t opens = stripe.open[i];
    stripe.stack[i] = stack;
    wrong |= uint64_t{stack >= kStackMax} | uint64_t{std::popcount(opens) > kBlockBracketsMax};
    uint64_t between = from_bit(uint64_t{stack == kEmptyStack});
    uint64_t object = from_bit(stack & 1);
    uint64_t begins = 0;
    uint64_t ends = 0;
    for (uint64_t brackets = opens | stripe.close[i]; brackets != 0; brackets &= brackets - 1) {
      const uint64_t bit = lowest_bit(brackets);
      const uint64_t byte = static_cast<unsigned char>(block[index_of(brackets)]);
      const uint64_t is_object = byte >> 5 & 1;  // { is 7B, [ 5B, } 7D, ] 5D
      const bool is_open = (byte & 2) != 0;
      const uint64_t before = stack;
      stack = is_open ? before << 1 | is_object : before >> 1;
      wrong |= (before ^ is_object) & uint64_t{!is_open};
      object ^= from_bit(bit << 1) & from_bit((before ^ stack) & 1);
      if (HWY_UNLIKELY(std::min(before, stack) == kEmptyStack)) {
        (is_open ? begins : ends) |= bit;
        between ^= from_bit(is_open ? bit : bit << 1);
      }
    }
    stripe.between[i] = between;
    stripe.object[i] = object;
    stripe.begins[i] = begins;
    stripe.ends[i] = ends;
    return stack;
  }

  // Step 3: the grammar, then the records. False where the run ends.
  HWY_INLINE bool check(Stripe& stripe) {
    const Tokens tokens = read_tokens(stripe);
    const Words before_value = tokens.open | tokens.colon | tokens.comma;
    const Grammar grammar = check_tokens(tokens, behind_colon_.next(tokens.colon),
                                         behind_open_.next(tokens.open), before_value_.next(before_value));
    // Blanks between tokens or in strings: both are rare enough to be looked at again.
    const Words unusual = tokens.low & ~tokens.between;
    has_spacing_ = false;
    if (HWY_UNLIKELY(stripe.wrong != 0 || any(grammar.wrong | unusual))) return check_again(stripe);
    behind_colon_.advance(tokens.colon);
    behind_open_.advance(tokens.open);
    before_value_.advance(before_value);
    advance(stripe, tokens, grammar);
    return true;
  }

  // With regard to blanks between tokens, and to control characters. A function of its own, and from the
  // beginning, so that all that is usual stays in registers.
  HWY_NOINLINE bool check_again(Stripe& stripe) {
    const Tokens tokens = read_tokens(stripe);
    const Words blank = tokens.low & ~(tokens.string | tokens.quote);
    has_spacing_ = any(blank & ~tokens.between);
    may_have_line_breaks_ |= has_spacing_;
    const Words behind_colon = behind_colon_.next_skipping(tokens.colon, blank);
    const Words behind_open = behind_open_.next_skipping(tokens.open, blank);
    const Words expected = before_value_.next_skipping(tokens.open | tokens.colon | tokens.comma, blank);
    const Grammar grammar = check_tokens(tokens, behind_colon, behind_open, expected);
    if (stripe.wrong != 0 || any(grammar.wrong) || find_all_controls(stripe) != 0) return false;
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
    tokens.begins = load(stripe.begins);
    const Words outside = ~(tokens.string | tokens.quote);
    tokens.colon = sign & ~second & third & outside;
    tokens.comma = sign & second & ~third & outside;
    tokens.backslash = ~sign & second & ~third;
    tokens.low = ~sign & second & third;
    return tokens;
  }

  // `expected`: the places where a value stands, or the bracket that closes an empty object or array.
  HWY_INLINE Grammar check_tokens(const Tokens& t, const Words& behind_colon, const Words& behind_open,
                                  const Words& expected) const {
    Grammar grammar;
    grammar.scalar = ~(t.string | t.quote | t.open | t.close | t.colon | t.comma | t.low);
    const Words value =
        (t.quote & t.string) | t.open | (grammar.scalar & ~behind_scalar_.next(grammar.scalar));
    const Words key = value & t.object & ~behind_colon;
    grammar.keys = keys_.next(t.string, key & t.string);
    grammar.wrong = (value ^ expected ^ (t.close & behind_open) ^ t.begins) | (key & ~t.string) |
                    (t.colon ^ behind_key_.next(grammar.keys.closing)) |
                    (t.backslash & ~grammar.keys.others) | (t.between & ~t.low) | grammar.keys.undecided;
    return grammar;
  }

  // Goes on to the next stripe. What is wanted are keys of the right length, with an m where the name has it.
  HWY_INLINE void advance(Stripe& stripe, const Tokens& tokens, const Grammar& grammar) {
    behind_scalar_.advance(grammar.scalar);
    behind_key_.advance(grammar.keys.closing);
    keys_.advance(grammar.keys.overflow);
    const Words m = load(stripe.masks.m);
    const Words opening = tokens.quote & tokens.string;
    const Words match = opening_.next<6>(opening) & m_.next<5>(m);
    const Words query_name = opening_.next<11>(opening) & m_.next<2>(m);
    const Words domains = (opening_.next<16>(opening) | opening_.next<17>(opening)) & m_.next<4>(m);
    store(grammar.keys.closing & (match | query_name | domains), stripe.wanted);
    opening_.advance(opening);
    m_.advance(m);
  }

  static HWY_NOINLINE uint64_t find_all_controls(const Stripe& stripe) {
    uint64_t controls = 0;
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      controls |= find_controls(stripe.bytes + i * kBlockSize, stripe.string[i]);
    }
    return controls;
  }

  // Where records begin and end, and keys that may be wanted, in order.
  HWY_INLINE bool take_events(const Stripe& stripe) {
    // Two of a block are written without asking how many there are.
    uint16_t events[kStripeSize + 2];
    size_t count = 0;
    for (size_t i = 0; i < kStripeBlocks; ++i) {
      uint64_t bits = stripe.wanted[i] | stripe.begins[i] | stripe.ends[i];
      const size_t end = count + static_cast<size_t>(std::popcount(bits));
      const auto write = [&](size_t at) {
        events[at] = static_cast<uint16_t>(i * kBlockSize + index_of(bits));
        bits &= bits - 1;
      };
      write(count);
      write(count + 1);
      for (size_t at = count + 2; HWY_UNLIKELY(at < end); ++at) write(at);
      count = end;
    }
    for (size_t i = 0; i < count; ++i) {
      switch (stripe.bytes[events[i]]) {
        case '{':
          if (!begin_record(stripe.at + events[i])) return false;
          break;
        case '}':
          if (!end_record(stripe.at + events[i] + 1)) return false;
          break;
        default:
          if (is_top_level(stripe, events[i]) && !take_member(stripe.at + events[i])) return false;
      }
    }
    return true;
  }

  static HWY_INLINE bool is_top_level(const Stripe& stripe, size_t event) {
    const size_t i = event / kBlockSize;
    const uint64_t before = (uint64_t{1} << event % kBlockSize) - 1;
    return static_cast<int>(std::bit_width(stripe.stack[i])) + std::popcount(stripe.open[i] & before) -
               std::popcount(stripe.close[i] & before) ==
           static_cast<int>(std::bit_width(kEmptyStack)) + 1;
  }

  // The key that ends with that quote; false where a query_name is not found to be a string.
  HWY_INLINE bool take_member(size_t closing) {
    const std::string_view text = chunk_.substr(0, closing + 1);
    if (HWY_LIKELY(text.ends_with("\"query_name\""))) return take_name(closing + 2);
    has_marks_ |= text.ends_with("\"isMatchedDomain\"");
    if (members_ == MarkMembers::kAnnotated) {
      has_marks_ |= text.ends_with("\"registeredDomain\"") || text.ends_with("\"match\"");
    }
    return true;
  }

  HWY_INLINE bool take_name(size_t value) {
    while (value < chunk_.size() && is_blank(chunk_[value])) ++value;
    if (value >= chunk_.size() || chunk_[value] != '"') return false;
    name_begin_ = value + 1;
    const char* const end = find_quote_or_backslash(chunk_.data() + name_begin_);
    name_end_ = static_cast<size_t>(end - chunk_.data());
    name_has_escapes_ = false;
    return HWY_LIKELY(*end == '"') || take_unusual_name();
  }

  // One with escapes, or a long one.
  HWY_NOINLINE bool take_unusual_name() {
    name_end_ = find_string_end(chunk_, name_begin_);
    if (name_end_ == std::string_view::npos) return false;
    const std::string_view name = chunk_.substr(name_begin_, name_end_ - name_begin_);
    name_has_escapes_ = name.find('\\') != std::string_view::npos;
    return true;
  }

  // False where what stands before the record is no blank.
  HWY_INLINE bool begin_record(size_t begin) {
    record_begin_ = begin;
    for (size_t i = run_.end; i < begin; ++i) {
      if (!is_blank(chunk_[i])) return false;
      lines_ += uint64_t{chunk_[i] == '\n'};
    }
    name_begin_ = 0;
    has_marks_ = false;
    may_have_line_breaks_ = has_spacing_;
    return true;
  }

  // False where the record is none that this pass decides, or was the last for which there is room.
  HWY_INLINE bool end_record(size_t end) {
    if (name_begin_ == 0 || end - record_begin_ > kRecordSizeMax) return false;
    bool needs_splice = has_marks_;
    if (HWY_UNLIKELY(may_have_line_breaks_ || has_spacing_)) needs_splice |= take_line_breaks(end);
    ScannedRecord& record = out_[run_.count++];
    record.begin = static_cast<uint32_t>(record_begin_);
    record.end = static_cast<uint32_t>(end);
    record.name_begin = static_cast<uint32_t>(name_begin_);
    record.name_end = static_cast<uint32_t>(name_end_);
    record.error_at = 0;
    record.kind = RecordKind::kRecord;
    record.reason = RejectReason::kNone;
    record.name_has_escapes = name_has_escapes_;
    record.needs_splice = needs_splice;
    run_.end = end;
    run_.lines = lines_;
    return run_.count < out_.size();
  }

  // Whether there are line breaks in the record, which then stand between its tokens; counts its lines.
  HWY_NOINLINE bool take_line_breaks(size_t end) {
    const std::string_view record = chunk_.substr(record_begin_, end - record_begin_);
    if (record.find('\n') == std::string_view::npos) return record.find('\r') != std::string_view::npos;
    lines_ += static_cast<uint64_t>(std::count(record.begin(), record.end(), '\n'));
    return true;
  }

  std::string_view chunk_;
  MarkMembers members_;
  std::span<ScannedRecord> out_;
  BlockRun run_;
  uint64_t lines_ = 0;  // up to the beginning of the record at hand
  char tail_[kStripeSize];

  // Step 2, behind the last stripe that went through it.
  uint64_t first_is_escaped_ = 0;
  uint64_t stack_ = kEmptyStack;
  Strings strings_;
  // Step 3.
  Following behind_scalar_;
  Following behind_colon_;
  Following behind_open_;
  Following before_value_;
  Following behind_key_;
  Following opening_;
  Following m_;
  Keys keys_;
  bool has_spacing_ = false;  // the stripe has blanks between tokens

  // The record at hand.
  bool may_have_line_breaks_ = false;
  bool name_has_escapes_ = false;
  bool has_marks_ = false;
  size_t record_begin_ = 0;
  size_t name_begin_ = 0;  // 0: no query_name yet
  size_t name_end_ = 0;
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

HWY_EXPORT(scan_stripes);

BlockRun scan_blocks(std::string_view chunk, size_t begin, MarkMembers members,
                     std::span<ScannedRecord> out) {
  return HWY_DYNAMIC_DISPATCH(scan_stripes)(chunk, begin, members, out);
}

}  // namespace querymark
#endif
