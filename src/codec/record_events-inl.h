// SPDX-License-Identifier: Apache-2.0
// Makes records of what RecordBlocks finds in a chunk that is sound so far: the places where records end, and
// the closing quotes of top-level keys that may be wanted. Compiled once for each of Highway's targets, hence
// the guard.
#if defined(QUERYMARK_CODEC_RECORD_EVENTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef QUERYMARK_CODEC_RECORD_EVENTS_INL_H_
#undef QUERYMARK_CODEC_RECORD_EVENTS_INL_H_
#else
#define QUERYMARK_CODEC_RECORD_EVENTS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "codec/json_string.h"
#include "codec/record_blocks.h"
#include "codec/stripe_masks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace querymark {
namespace HWY_NAMESPACE {

class RecordEvents {
 public:
  RecordEvents(std::string_view chunk, size_t begin, MarkMembers members, std::span<ScannedRecord> out)
      : chunk_(chunk), members_(members), out_(out), run_{0, begin, 0} {}

  // Takes a place in the chunk, from the left: false where the run ends. `has_spacing`: blanks may stand
  // between tokens near it.
  HWY_INLINE bool take(size_t place) {
    return HWY_LIKELY(chunk_[place] == '"') ? take_member(place) : end_record(place + 1);
  }

  // Blanks stand between tokens of the record at hand, or may.
  void set_spacing(bool has_spacing) {
    has_spacing_ = has_spacing;
    may_have_line_breaks_ |= has_spacing;
  }

  const BlockRun& run() const { return run_; }

 private:
  static HWY_INLINE bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

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

  // False where the record is none that this pass decides, or was the last for which there is room.
  HWY_INLINE bool end_record(size_t end) {
    size_t begin = run_.end;
    for (; chunk_[begin] != '{'; ++begin) {
      if (!is_blank(chunk_[begin])) return false;
      lines_ += uint64_t{chunk_[begin] == '\n'};
    }
    if (name_begin_ == 0 || end - begin > kRecordSizeMax) return false;
    bool needs_splice = has_marks_;
    if (HWY_UNLIKELY(may_have_line_breaks_)) needs_splice |= take_line_breaks(begin, end);
    ScannedRecord& record = out_[run_.count++];
    record.begin = static_cast<uint32_t>(begin);
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
    name_begin_ = 0;
    has_marks_ = false;
    may_have_line_breaks_ = has_spacing_;
    return run_.count < out_.size();
  }

  // Whether there are line breaks in the record, which then stand between its tokens; counts its lines.
  HWY_NOINLINE bool take_line_breaks(size_t begin, size_t end) {
    const std::string_view record = chunk_.substr(begin, end - begin);
    if (record.find('\n') == std::string_view::npos) return record.find('\r') != std::string_view::npos;
    lines_ += static_cast<uint64_t>(std::count(record.begin(), record.end(), '\n'));
    return true;
  }

  std::string_view chunk_;
  MarkMembers members_;
  std::span<ScannedRecord> out_;
  BlockRun run_;
  uint64_t lines_ = 0;
  bool has_spacing_ = false;

  // The record at hand.
  bool may_have_line_breaks_ = false;
  bool name_has_escapes_ = false;
  bool has_marks_ = false;
  size_t name_begin_ = 0;  // 0: no query_name yet
  size_t name_end_ = 0;
};

}  // namespace HWY_NAMESPACE
}  // namespace querymark
HWY_AFTER_NAMESPACE();

#endif
