// SPDX-License-Identifier: Apache-2.0
// One loop over the blocks of a stream. The grammar is checked by what may follow what: with a bit for every
// place where a value begins, and a bit for every place behind a colon, a comma or an opening bracket, the
// two must be the same; and behind each key, and nowhere else, stands a colon. Only brackets are looked at
// one by one, on a stack of bits: they say which places are directly in an object, and where records begin
// and end.
#include "codec/record_blocks.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/record_blocks.cc"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/block_masks-inl.h"
#include "codec/json_string.h"

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

// Bytes of one kind, and what they say about those behind them, the next block's included.
class Following {
 public:
  // The bytes behind `bits`.
  HWY_INLINE uint64_t next(uint64_t bits) {
    const uint64_t behind = bits << 1 | carry_;
    carry_ = bits >> 63;
    return behind;
  }
  // The first bytes behind `bits` that are not in `skipped`.
  HWY_INLINE uint64_t next(uint64_t bits, uint64_t skipped) {
    const uint64_t behind = bits << 1 | carry_;
    uint64_t sum;
    const bool overflow = __builtin_add_overflow(behind & skipped, skipped, &sum);
    carry_ = bits >> 63 | uint64_t{overflow};
    return (behind | sum) & ~skipped;
  }

 private:
  uint64_t carry_ = 0;
};

class BlockScanner {
 public:
  BlockScanner(std::string_view chunk, size_t begin, MarkMembers members, std::span<ScannedRecord> out)
      : chunk_(chunk), members_(members), out_(out), run_{0, begin, 0} {}

  BlockRun run() {
    Carry carry;  // not a member: it is to stay in registers
    size_t at = run_.end;
    for (; at + kBlockSize <= chunk_.size(); at += kBlockSize) {
      if (!take_block(at, chunk_.data() + at, carry)) return run_;
    }
    if (at == chunk_.size()) return run_;
    char tail[kBlockSize + kBlockMargin];
    std::memset(tail, ' ', sizeof(tail));
    std::memcpy(tail, chunk_.data() + at, chunk_.size() - at);
    take_block(at, tail, carry);
    return run_;
  }

 private:
  // The open brackets: behind a 1 and a 0 for each a bit, 1 where it is an object's. This is none.
  static constexpr uint64_t kEmptyStack = 2;
  // A stack from here on is too deep for the brackets that one block may add.
  static constexpr uint64_t kStackMax = uint64_t{1} << 31;
  static constexpr int kBlockBracketsMax = 32;

  // What a block is told by the one before.
  struct Carry {
    uint64_t first_is_escaped = 0;
    uint64_t in_string = 0;  // all ones, or none
    uint64_t key_goes_on = 0;
    uint64_t stack = kEmptyStack;
    Following behind_colon;
    Following behind_open;
    Following before_value;
    Following behind_scalar;
    Following behind_key;
  };

  // What the brackets of a block make of its bytes.
  struct Places {
    uint64_t between;     // records
    uint64_t object;      // directly in an object; of brackets, what holds them
    uint64_t begins = 0;  // of records: their first byte, their last
    uint64_t ends = 0;
    uint64_t mismatch = 0;  // 1: a bracket closes one of another kind
  };

  // The block at offset `at`, whose bytes stand at `block`. False where the run ends.
  HWY_INLINE bool take_block(size_t at, const char* block, Carry& carry) {
    const BlockMasks masks = block_masks(block);
    uint64_t quote = masks.quote;
    uint64_t wrong = 0;
    if (HWY_UNLIKELY((masks.backslash | carry.first_is_escaped) != 0)) {
      const Escapes escapes = find_escapes(at, masks.backslash, carry.first_is_escaped);
      quote &= ~escapes.escaped;
      wrong = escapes.wrong;
      carry.first_is_escaped = escapes.next_is_escaped;
    }
    // From each opening quote up to the closing one, which is not included.
    const uint64_t string = prefix_xor(quote) ^ carry.in_string;
    carry.in_string = from_bit(string >> 63);
    const uint64_t outside = ~(string | quote);
    const uint64_t open = masks.open & outside;
    const uint64_t close = masks.close & outside;
    const uint64_t colon = masks.colon & outside;
    const uint64_t blank = masks.low & outside;

    const uint64_t stack = carry.stack;
    if (HWY_UNLIKELY(stack >= kStackMax || std::popcount(open) > kBlockBracketsMax)) return false;
    Places places{from_bit(uint64_t{stack == kEmptyStack}), from_bit(stack & 1)};
    carry.stack = take_brackets(block, open | close, stack, places);

    // Behind these stands a value, or the bracket that closes an empty object or array.
    const uint64_t before_value = open | colon | (masks.comma & outside);
    const uint64_t scalar = outside & ~(before_value | close | masks.low);
    const uint64_t value = (quote & string) | open | (scalar & ~carry.behind_scalar.next(scalar));
    uint64_t behind_colon;
    uint64_t behind_open;
    uint64_t expected;
    uint64_t line_breaks = 0;
    const uint64_t spacing = blank & ~places.between;
    if (HWY_UNLIKELY(spacing != 0)) {
      behind_colon = carry.behind_colon.next(colon, blank);
      behind_open = carry.behind_open.next(open, blank);
      expected = carry.before_value.next(before_value, blank);
      line_breaks = find_line_breaks(block, spacing, wrong);
    } else {
      behind_colon = carry.behind_colon.next(colon);
      behind_open = carry.behind_open.next(open);
      expected = carry.before_value.next(before_value);
    }
    wrong |= value ^ expected ^ (close & behind_open) ^ places.begins;

    const uint64_t key = value & places.object & ~behind_colon;
    wrong |= key & ~string;
    // The carry of this addition runs through the strings that are keys, and comes out on their closing
    // quotes.
    uint64_t sum;
    carry.key_goes_on = uint64_t{__builtin_add_overflow(string, (key & string) | carry.key_goes_on, &sum)};
    wrong |= colon ^ carry.behind_key.next(sum & ~string);
    wrong |= masks.backslash & ~(string & sum);
    wrong |= places.between & ~masks.low;
    wrong |= places.mismatch;
    if (HWY_UNLIKELY((masks.low & string) != 0)) wrong |= find_controls(block, masks.low & string);
    if (HWY_UNLIKELY(wrong != 0)) return false;

    const uint64_t wanted = masks.wanted & key;
    if (HWY_LIKELY((places.begins | places.ends) == 0)) {
      line_breaks_ |= line_breaks;
      return wanted == 0 || take_members(at, wanted, stack, open, close);
    }
    if (stack == kEmptyStack && !begin_record(at, places.begins)) return false;
    uint64_t rest = ~uint64_t{0};
    for (; places.ends != 0; places.ends &= places.ends - 1) {
      const uint64_t through_end = places.ends ^ (places.ends - 1);
      line_breaks_ |= line_breaks & rest & through_end;
      if (!take_members(at, wanted & rest & through_end, stack, open, close)) return false;
      if (!end_record(at + index_of(places.ends) + 1)) return false;
      rest = ~through_end;
      if (places.begins != 0 && !begin_record(at, places.begins)) return false;
    }
    line_breaks_ |= line_breaks & rest;
    return take_members(at, wanted & rest, stack, open, close);
  }

  static HWY_INLINE uint64_t take_brackets(const char* block, uint64_t brackets, uint64_t stack,
                                           Places& places) {
    for (; brackets != 0; brackets &= brackets - 1) {
      const uint64_t bit = lowest_bit(brackets);
      const auto byte = uint64_t{static_cast<unsigned char>(block[index_of(brackets)])};
      const uint64_t is_object = byte >> 5 & 1;  // { is 7B, [ 5B, } 7D, ] 5D
      const bool is_open = (byte & 2) != 0;
      const uint64_t before = stack;
      stack = is_open ? before << 1 | is_object : before >> 1;
      places.mismatch |= (before ^ is_object) & uint64_t{!is_open};
      places.object ^= from_bit(bit << 1) & from_bit((before ^ stack) & 1);
      if (HWY_UNLIKELY(std::min(before, stack) == kEmptyStack)) {
        (is_open ? places.begins : places.ends) |= bit;
        places.between ^= from_bit(is_open ? bit : bit << 1);
      }
    }
    return stack;
  }

  struct Escapes {
    uint64_t escaped;          // bytes behind backslashes
    uint64_t wrong;            // backslashes of escapes of the wrong form
    uint64_t next_is_escaped;  // of the next block the first byte
  };

  HWY_NOINLINE Escapes find_escapes(size_t at, uint64_t backslash, uint64_t first_is_escaped) const {
    Escapes escapes{first_is_escaped, 0, 0};
    backslash &= ~first_is_escaped;
    while (backslash != 0) {
      const uint64_t bit = lowest_bit(backslash);
      if (escape_size(chunk_, at + index_of(bit)) == 0) escapes.wrong |= bit;
      escapes.escaped |= bit << 1;
      escapes.next_is_escaped = bit >> 63;
      backslash &= ~(bit | bit << 1);
    }
    return escapes;
  }

  // The line feeds and carriage returns of blanks between tokens; what is no blank is set in `wrong`.
  static HWY_INLINE uint64_t find_line_breaks(const char* block, uint64_t blanks, uint64_t& wrong) {
    uint64_t line_breaks = 0;
    for (; blanks != 0; blanks &= blanks - 1) {
      const char c = block[index_of(blanks)];
      if (c == ' ') continue;
      if (c == '\n' || c == '\r') line_breaks |= lowest_bit(blanks);
      if (!is_blank(c)) wrong |= lowest_bit(blanks);
    }
    return line_breaks;
  }

  static HWY_NOINLINE uint64_t find_controls(const char* block, uint64_t low) {
    uint64_t controls = 0;
    for (; low != 0; low &= low - 1) {
      if (block[index_of(low)] != ' ') controls |= lowest_bit(low);
    }
    return controls;
  }

  // Looks at keys that may be wanted; false where a query_name is not found to be a string.
  HWY_INLINE bool take_members(size_t at, uint64_t wanted, uint64_t stack, uint64_t open, uint64_t close) {
    for (; wanted != 0; wanted &= wanted - 1) {
      const uint64_t before = lowest_bit(wanted) - 1;
      const int depth = static_cast<int>(std::bit_width(stack)) - 2 + std::popcount(open & before) -
                        std::popcount(close & before);
      if (depth == 1 && !take_member(at + index_of(wanted))) return false;
    }
    return true;
  }

  bool take_member(size_t key) {
    const auto is = [&](std::string_view name) {
      return std::memcmp(chunk_.data() + key, name.data(), name.size()) == 0;
    };
    constexpr std::string_view kName = "\"query_name\":";
    if (is(kName)) return take_name(key + kName.size());
    has_marks_ |= is("\"isMatchedDomain\"");
    if (members_ == MarkMembers::kAnnotated) has_marks_ |= is("\"registeredDomain\"") || is("\"match\"");
    return true;
  }

  bool take_name(size_t value) {
    while (value < chunk_.size() && is_blank(chunk_[value])) ++value;
    if (value >= chunk_.size() || chunk_[value] != '"') return false;
    name_begin_ = value + 1;
    name_end_ = find_quote_or_backslash(name_begin_);
    name_has_escapes_ = false;
    if (chunk_[name_end_] == '"') return true;
    name_end_ = find_string_end(chunk_, name_begin_);
    if (name_end_ == std::string_view::npos) return false;
    const std::string_view name = chunk_.substr(name_begin_, name_end_ - name_begin_);
    name_has_escapes_ = name.find('\\') != std::string_view::npos;
    return true;
  }

  // Of the block that begins there; or where it ends.
  HWY_INLINE size_t find_quote_or_backslash(size_t begin) const {
#if HWY_TARGET == HWY_SCALAR
    size_t at = begin;
    while (at < begin + kBlockSize && chunk_[at] != '"' && chunk_[at] != '\\') ++at;
    return at;
#else
    const hn::CappedTag<uint8_t, kBlockSize> d;
    for (size_t i = 0; i < kBlockSize; i += hn::Lanes(d)) {
      const auto bytes = hn::LoadU(d, reinterpret_cast<const uint8_t*>(chunk_.data() + begin + i));
      const auto is_quote = hn::Eq(bytes, hn::Set(d, uint8_t{'"'}));
      const auto is_backslash = hn::Eq(bytes, hn::Set(d, uint8_t{'\\'}));
      uint64_t found = 0;
      hn::StoreMaskBits(d, hn::Or(is_quote, is_backslash), reinterpret_cast<uint8_t*>(&found));
      if (found != 0) return begin + i + index_of(found);
    }
    return begin + kBlockSize;
#endif
  }

  // The record that begins at the first of `begins`, which goes; false where what stands before it is no
  // blank.
  HWY_INLINE bool begin_record(size_t at, uint64_t& begins) {
    record_begin_ = at + index_of(begins);
    begins &= begins - 1;
    for (size_t i = run_.end; i < record_begin_; ++i) {
      if (!is_blank(chunk_[i])) return false;
      lines_ += uint64_t{chunk_[i] == '\n'};
    }
    name_begin_ = 0;
    line_breaks_ = 0;
    has_marks_ = false;
    return true;
  }

  // False where the record is none that this pass decides, or was the last for which there is room.
  HWY_INLINE bool end_record(size_t end) {
    if (name_begin_ == 0 || end - record_begin_ > kRecordSizeMax) return false;
    if (HWY_UNLIKELY(line_breaks_ != 0)) {
      lines_ += static_cast<uint64_t>(std::count(chunk_.data() + record_begin_, chunk_.data() + end, '\n'));
    }
    ScannedRecord& record = out_[run_.count++];
    record.begin = static_cast<uint32_t>(record_begin_);
    record.end = static_cast<uint32_t>(end);
    record.name_begin = static_cast<uint32_t>(name_begin_);
    record.name_end = static_cast<uint32_t>(name_end_);
    record.error_at = 0;
    record.kind = RecordKind::kRecord;
    record.reason = RejectReason::kNone;
    record.name_has_escapes = name_has_escapes_;
    record.needs_splice = line_breaks_ != 0 || has_marks_;
    run_.end = end;
    run_.lines = lines_;
    return run_.count < out_.size();
  }

  std::string_view chunk_;
  MarkMembers members_;
  std::span<ScannedRecord> out_;
  BlockRun run_;
  uint64_t lines_ = 0;  // up to the beginning of the record at hand

  // The record at hand.
  size_t record_begin_ = 0;
  size_t name_begin_ = 0;  // 0: no query_name yet
  size_t name_end_ = 0;
  uint64_t line_breaks_ = 0;  // not 0: there are some between its tokens
  bool name_has_escapes_ = false;
  bool has_marks_ = false;
};

BlockRun scan_blocks_by_vectors(std::string_view chunk, size_t begin, MarkMembers members,
                                std::span<ScannedRecord> out) {
  return BlockScanner(chunk, begin, members, out).run();
}

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace querymark {

HWY_EXPORT(scan_blocks_by_vectors);

BlockRun scan_blocks(std::string_view chunk, size_t begin, MarkMembers members,
                     std::span<ScannedRecord> out) {
  return HWY_DYNAMIC_DISPATCH(scan_blocks_by_vectors)(chunk, begin, members, out);
}

}  // namespace querymark
#endif
