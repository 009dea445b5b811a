// SPDX-License-Identifier: Apache-2.0
#include "codec/record_scanner.h"

#include <algorithm>
#include <optional>

#include "codec/record_blocks.h"
#include "codec/record_object.h"

namespace querymark {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t\r\n";

// Where the next item begins: behind blanks and byte order marks. What may be the beginning of a mark counts
// as an item.
size_t skip_between(std::string_view chunk, size_t at) {
  for (;;) {
    at = std::min(chunk.find_first_not_of(kBlanks, at), chunk.size());
    if (chunk.substr(at, kByteOrderMark.size()) != kByteOrderMark) return at;
    at += kByteOrderMark.size();
  }
}

bool is_cut_byte_order_mark(std::string_view rest) {
  return rest.size() < kByteOrderMark.size() && kByteOrderMark.substr(0, rest.size()) == rest;
}

// The end of what is rejected with an object that goes wrong at `error_at`; npos where it is not in the
// chunk.
size_t rejected_object_end(std::string_view chunk, size_t begin, size_t error_at) {
  size_t line_feed = chunk.find('\n', begin);
  if (line_feed >= error_at) return line_feed;
  while (line_feed != std::string_view::npos) {
    const size_t line = line_feed + 1;
    if (line == chunk.size()) return std::string_view::npos;
    if (chunk[line] == '{') return line;
    line_feed = chunk.find('\n', line);
  }
  return std::string_view::npos;
}

ScannedRecord rejected(size_t begin, size_t end, size_t error_at, RejectReason reason) {
  ScannedRecord record{};
  record.begin = static_cast<uint32_t>(begin);
  record.end = static_cast<uint32_t>(end);
  record.error_at = static_cast<uint32_t>(error_at);
  record.kind = RecordKind::kRejected;
  record.reason = reason;
  return record;
}

// One item, of a chunk in which it may not be whole.
class ItemReader {
 public:
  ItemReader(std::string_view chunk, bool last, MarkMembers members)
      : chunk_(chunk), last_(last), members_(members) {}

  // The item that begins at `begin`; nullopt where more of the stream is needed. REQUIRES: no blank there.
  std::optional<ScannedRecord> read(size_t begin) const {
    if (chunk_[begin] == '{') return read_braced(begin);
    if (!last_ && is_cut_byte_order_mark(chunk_.substr(begin))) return std::nullopt;
    return reject(begin, chunk_.find_first_of("{\n", begin), begin, RejectReason::kNotObject);
  }

 private:
  std::optional<ScannedRecord> read_braced(size_t begin) const {
    const RecordObject object = read_object(chunk_.substr(0, begin + kRecordSizeMax), begin, members_);
    if (object.status == ObjectStatus::kWhole) return describe(begin, object);
    RejectReason reason = object.reason;
    if (object.status == ObjectStatus::kCut) {
      const bool too_long = object.end < chunk_.size();
      if (!too_long && !last_) return std::nullopt;
      reason = too_long ? RejectReason::kTooLong : RejectReason::kCutShort;
    }
    return reject(begin, rejected_object_end(chunk_, begin, object.end), object.end, reason);
  }

  static ScannedRecord describe(size_t begin, const RecordObject& object) {
    ScannedRecord record{};
    record.begin = static_cast<uint32_t>(begin);
    record.end = static_cast<uint32_t>(object.end);
    if (object.name == NameValue::kOther) {
      return rejected(begin, object.end, object.name_begin, RejectReason::kNameNotString);
    }
    if (object.name == NameValue::kString) {
      record.kind = RecordKind::kRecord;
      record.name_begin = static_cast<uint32_t>(object.name_begin);
      record.name_end = static_cast<uint32_t>(object.name_end);
      record.name_has_escapes = object.name_has_escapes;
      record.needs_splice = object.has_line_breaks || object.has_marks;
      return record;
    }
    if (!object.has_payload) return rejected(begin, object.end, begin, RejectReason::kNoQueryName);
    record.kind = RecordKind::kEnvelope;
    return record;
  }

  // [begin, end) without the blanks at its end; npos: the end is not in the chunk.
  std::optional<ScannedRecord> reject(size_t begin, size_t end, size_t error_at, RejectReason reason) const {
    if (end == std::string_view::npos && last_) end = chunk_.size();
    if (std::min(end, chunk_.size()) - begin > kRecordSizeMax) {
      error_at = begin + kRecordSizeMax;
      end = chunk_.find('\n', error_at);
      if (end == std::string_view::npos) {
        return rejected(begin, chunk_.size(), error_at, RejectReason::kTooLong);
      }
      reason = RejectReason::kTooLong;
    }
    if (end == std::string_view::npos) return std::nullopt;
    end = chunk_.find_last_not_of(kBlanks, end - 1) + 1;
    return rejected(begin, end, error_at, reason);
  }

  std::string_view chunk_;
  bool last_;
  MarkMembers members_;
};

}  // namespace

std::string_view to_string(RejectReason reason) {
  switch (reason) {
    case RejectReason::kNone:
      return "none";
    case RejectReason::kNotObject:
      return "not a JSON object";
    case RejectReason::kNotJson:
      return "not JSON";
    case RejectReason::kTooDeep:
      return "over 1,024 brackets deep";
    case RejectReason::kTooLong:
      return "over 16 MiB long";
    case RejectReason::kCutShort:
      return "cut short";
    case RejectReason::kNoQueryName:
      return "no query_name";
    case RejectReason::kNameNotString:
      return "query_name is no string";
  }
  return "unknown";
}

RecordScanner::RecordScanner(MarkMembers members) : members_(members) {}

ScanStep RecordScanner::scan(std::string_view chunk, bool last, std::span<ScannedRecord> out) {
  const ItemReader items(chunk, last, members_);
  ScanStep step{0, 0, 0};
  const auto skip_to = [&](size_t end) {
    const std::string_view skipped = chunk.substr(step.consumed, end - step.consumed);
    step.lines += static_cast<uint64_t>(std::count(skipped.begin(), skipped.end(), '\n'));
    step.consumed = end;
  };
  for (;;) {
    skip_to(skip_between(chunk, step.consumed));
    if (step.count == out.size() || step.consumed == chunk.size()) return step;
    const BlockRun run = scan_blocks(chunk, step.consumed, members_, out.subspan(step.count));
    step.count += run.count;
    step.consumed = run.end;
    step.lines += run.lines;
    skip_to(skip_between(chunk, step.consumed));
    if (step.count == out.size() || step.consumed == chunk.size()) return step;
    const std::optional<ScannedRecord> item = items.read(step.consumed);
    if (!item) return step;
    out[step.count++] = *item;
    skip_to(item->end);
  }
}

}  // namespace querymark
