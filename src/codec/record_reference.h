// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "codec/record_scanner.h"

// A stream's items as record_scanner.h states them, slowly and by other means: a recursive reading of JSON's
// grammar, one call a value, that looks at the whole stream. What tests and fuzz targets hold RecordScanner
// against. Items come as lines of text, as describe_item() writes them.
namespace querymark {

// `record NAME[ escapes][ splice] | BYTES`, `envelope | BYTES` or `rejected: REASON at OFFSET | BYTES`.
// Offsets are into the stream, of which `before` bytes precede the chunk.
inline std::string describe_item(std::string_view chunk, const ScannedRecord& item, size_t before) {
  std::string line = "envelope";
  if (item.kind == RecordKind::kRecord) {
    line = "record ";
    line += chunk.substr(item.name_begin, item.name_end - item.name_begin);
    if (item.name_has_escapes) line += " escapes";
    if (item.needs_splice) line += " splice";
  } else if (item.kind == RecordKind::kRejected) {
    line = "rejected: ";
    line.append(to_string(item.reason)).append(" at ").append(std::to_string(before + item.error_at));
  }
  return line.append(" | ").append(chunk.substr(item.begin, item.end - item.begin));
}

class RecordReference {
 public:
  RecordReference(std::string_view stream, MarkMembers members) : stream_(stream), members_(members) {}

  std::vector<std::string> items() {
    while (skip_between()) {
      const size_t begin = at_;
      ScannedRecord item{};
      if (stream_[at_] != '{') {
        at_ = std::min(stream_.find_first_of("{\n", at_), stream_.size());
        item = rejected(begin, begin, RejectReason::kNotObject);
      } else if (failure_ = RejectReason::kNone, top_ = {}, value(1)) {
        item = judge(begin);
      } else {
        const size_t error_at = at_;
        at_ = line_behind(begin, error_at);
        item = rejected(begin, error_at, failure_);
      }
      items_.push_back(describe_item(stream_, item, 0));
    }
    return items_;
  }

 private:
  struct Top {
    bool has_name = false;
    bool name_is_string = false;
    size_t name_begin = 0;
    size_t name_end = 0;
    bool has_payload = false;
    bool needs_splice = false;
  };

  bool skip_between() {
    for (;;) {
      if (at_ == stream_.size()) return false;
      if (is_blank(stream_[at_])) {
        ++at_;
      } else if (stream_.substr(at_, 3) == "\xEF\xBB\xBF") {
        at_ += 3;
      } else {
        return true;
      }
    }
  }

  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  ScannedRecord rejected(size_t begin, size_t error_at, RejectReason reason) const {
    size_t end = at_;
    while (is_blank(stream_[end - 1])) --end;
    ScannedRecord item{};
    item.begin = static_cast<uint32_t>(begin);
    item.end = static_cast<uint32_t>(end);
    item.kind = RecordKind::kRejected;
    item.reason = reason;
    item.error_at = static_cast<uint32_t>(error_at);
    return item;
  }

  ScannedRecord judge(size_t begin) const {
    if (top_.has_name && !top_.name_is_string)
      return rejected(begin, top_.name_begin, RejectReason::kNameNotString);
    if (!top_.has_name && !top_.has_payload) return rejected(begin, begin, RejectReason::kNoQueryName);
    ScannedRecord item{};
    item.begin = static_cast<uint32_t>(begin);
    item.end = static_cast<uint32_t>(at_);
    item.kind = top_.has_name ? RecordKind::kRecord : RecordKind::kEnvelope;
    item.name_begin = static_cast<uint32_t>(top_.name_begin);
    item.name_end = static_cast<uint32_t>(top_.name_end);
    const std::string_view name = stream_.substr(top_.name_begin, top_.name_end - top_.name_begin);
    item.name_has_escapes = name.find('\\') != std::string_view::npos;
    item.needs_splice = top_.needs_splice;
    return item;
  }

  // Where what is rejected ends: with its line, or before the next one that begins with a bracket.
  size_t line_behind(size_t begin, size_t error_at) const {
    const std::string_view before = stream_.substr(begin, error_at - begin);
    if (before.find('\n') == std::string_view::npos)
      return std::min(stream_.find('\n', begin), stream_.size());
    return std::min(stream_.find("\n{", begin), stream_.size());
  }

  // Each takes what its name says from at_ on, or leaves at_ at the byte that is wrong and says why.
  bool fail() {
    failure_ = at_ == stream_.size() ? RejectReason::kCutShort : RejectReason::kNotJson;
    return false;
  }
  bool take(char c) { return at_ < stream_.size() && stream_[at_] == c ? (++at_, true) : fail(); }
  bool is_next(char c) const { return at_ < stream_.size() && stream_[at_] == c; }

  void blanks() {
    for (; at_ < stream_.size() && is_blank(stream_[at_]); ++at_) {
      if (stream_[at_] == '\n' || stream_[at_] == '\r') top_.needs_splice = true;
    }
  }

  bool string() {
    if (!take('"')) return false;
    while (at_ < stream_.size() && stream_[at_] != '"') {
      if (static_cast<unsigned char>(stream_[at_]) < 0x20) return fail();
      if (stream_[at_] != '\\') {
        ++at_;
      } else if (!escape()) {
        return false;
      }
    }
    return take('"');
  }

  bool escape() {
    const std::string_view rest = stream_.substr(at_ + 1);
    if (rest.empty()) return at_ = stream_.size(), fail();
    const bool is_unicode = rest[0] == 'u';
    if (!is_unicode && std::string_view("\"\\/bfnrt").find(rest[0]) == std::string_view::npos) return fail();
    for (size_t i = 1; is_unicode && i <= 4; ++i) {
      if (i == rest.size()) return at_ = stream_.size(), fail();
      if (std::string_view("0123456789abcdefABCDEF").find(rest[i]) == std::string_view::npos) return fail();
    }
    at_ += is_unicode ? 6 : 2;
    return true;
  }

  bool value(size_t depth) {
    if (is_next('"')) return string();
    if (is_next('{') || is_next('[')) {
      if (depth > kRecordDepthMax) return failure_ = RejectReason::kTooDeep, false;
      return is_next('{') ? object(depth) : array(depth);
    }
    const size_t begin = at_;
    while (at_ < stream_.size() && static_cast<unsigned char>(stream_[at_]) > 0x20 &&
           std::string_view("\"\\{}[]:,").find(stream_[at_]) == std::string_view::npos) {
      ++at_;
    }
    return at_ > begin || fail();
  }

  bool array(size_t depth) {
    ++at_;
    blanks();
    if (is_next(']')) return take(']');
    for (;;) {
      if (!value(depth + 1)) return false;
      blanks();
      if (is_next(']')) return take(']');
      if (!take(',')) return false;
      blanks();
    }
  }

  bool object(size_t depth) {
    ++at_;
    blanks();
    if (is_next('}')) return take('}');
    for (;;) {
      const size_t key = at_ + 1;
      if (!string()) return false;
      const std::string name = plain(stream_.substr(key, at_ - 1 - key));
      blanks();
      if (!take(':')) return false;
      blanks();
      const size_t begin = at_;
      if (!value(depth + 1)) return false;
      if (depth == 1) note(name, begin);
      blanks();
      if (is_next('}')) return take('}');
      if (!take(',')) return false;
      blanks();
    }
  }

  void note(std::string_view name, size_t begin) {
    if (name == "query_name") {
      top_.has_name = true;
      top_.name_is_string = stream_[begin] == '"';
      top_.name_begin = top_.name_is_string ? begin + 1 : begin;
      top_.name_end = at_ - 1;
    }
    top_.has_payload |= name == "message" || name == "rawData" || name == "logEvents";
    top_.needs_splice |= name == "isMatchedDomain";
    if (members_ == MarkMembers::kAnnotated)
      top_.needs_splice |= name == "registeredDomain" || name == "match";
  }

  // A key with the escapes of ASCII letters and signs read; others stay.
  static std::string plain(std::string_view key) {
    std::string text;
    for (size_t i = 0; i < key.size(); ++i) {
      if (key[i] != '\\') {
        text += key[i];
      } else if (key.substr(i, 4) == "\\u00") {
        text += static_cast<char>(std::stoi(std::string(key.substr(i + 4, 2)), nullptr, 16));
        i += 5;
      } else {
        text += key[i];
        text += key[++i];
      }
    }
    return text;
  }

  std::string_view stream_;
  MarkMembers members_;
  size_t at_ = 0;
  RejectReason failure_ = RejectReason::kNone;
  Top top_;
  std::vector<std::string> items_;
};

}  // namespace querymark
