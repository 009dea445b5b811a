// SPDX-License-Identifier: Apache-2.0
#include "codec/record_object.h"

#include <bitset>

#include "codec/json_string.h"

namespace querymark {
namespace {

enum class Expect { kKeyOrClose, kKey, kColon, kValue, kValueOrClose, kCommaOrClose };

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// A byte that may stand in a number or literal, whose grammar is nobody's concern here.
bool is_scalar(char c) {
  return static_cast<unsigned char>(c) > ' ' &&
         std::string_view("\"\\{}[]:,").find(c) == std::string_view::npos;
}

class ObjectReader {
 public:
  ObjectReader(std::string_view text, size_t begin, MarkMembers members)
      : text_(text), at_(begin), members_(members) {}

  RecordObject read() {
    open('{');
    ++at_;
    while (at_ < text_.size() && object_.reason == RejectReason::kNone && depth_ > 0) read_token(text_[at_]);
    object_.end = at_;
    if (object_.reason != RejectReason::kNone) {
      object_.status = ObjectStatus::kBroken;
    } else if (depth_ == 0) {
      object_.status = ObjectStatus::kWhole;
    }
    return object_;
  }

 private:
  // Takes the token that begins with `c`, or leaves at_ where an error is.
  void read_token(char c) {
    if (is_blank(c)) {
      object_.has_line_breaks |= c == '\n' || c == '\r';
      ++at_;
    } else if (c == '"') {
      read_string();
    } else if (c == '{' || c == '[') {
      if (!expects_value()) return fail(RejectReason::kNotJson);
      if (depth_ == kRecordDepthMax) return fail(RejectReason::kTooDeep);
      begin_value(NameValue::kOther);
      open(c);
      ++at_;
    } else if (c == '}' || c == ']') {
      read_close(c == '}');
    } else if (c == ':') {
      if (expect_ != Expect::kColon) return fail(RejectReason::kNotJson);
      expect_ = Expect::kValue;
      ++at_;
    } else if (c == ',') {
      if (expect_ != Expect::kCommaOrClose) return fail(RejectReason::kNotJson);
      expect_ = in_object() ? Expect::kKey : Expect::kValue;
      ++at_;
    } else if (is_scalar(c) && expects_value()) {
      begin_value(NameValue::kOther);
      while (at_ < text_.size() && is_scalar(text_[at_])) ++at_;
      expect_ = Expect::kCommaOrClose;
    } else {
      fail(RejectReason::kNotJson);
    }
  }

  void read_string() {
    const bool is_key = expect_ == Expect::kKey || expect_ == Expect::kKeyOrClose;
    if (!is_key && !expects_value()) return fail(RejectReason::kNotJson);
    const size_t begin = at_ + 1;
    bool has_escapes = false;
    for (size_t i = begin; i < text_.size();) {
      const char c = text_[i];
      if (c == '"') {
        if (is_key) {
          take_key(text_.substr(begin, i - begin));
        } else {
          begin_value(NameValue::kString, begin, i, has_escapes);
        }
        expect_ = is_key ? Expect::kColon : Expect::kCommaOrClose;
        at_ = i + 1;
        return;
      }
      size_t size = static_cast<unsigned char>(c) < ' ' ? 0 : 1;
      if (c == '\\') {
        has_escapes = true;
        size = escape_size(text_, i);
        if (size == std::string_view::npos) break;
      }
      if (size == 0) {
        at_ = i;
        return fail(RejectReason::kNotJson);
      }
      i += size;
    }
    at_ = text_.size();
  }

  void read_close(bool is_object) {
    const Expect or_close = is_object ? Expect::kKeyOrClose : Expect::kValueOrClose;
    if (in_object() != is_object || (expect_ != Expect::kCommaOrClose && expect_ != or_close)) {
      return fail(RejectReason::kNotJson);
    }
    --depth_;
    expect_ = Expect::kCommaOrClose;
    ++at_;
  }

  void open(char bracket) {
    objects_[depth_++] = bracket == '{';
    expect_ = bracket == '{' ? Expect::kKeyOrClose : Expect::kValueOrClose;
  }

  void take_key(std::string_view key) {
    if (depth_ != 1) return;
    const auto is = [&](std::string_view name) { return json_string_is(key, name); };
    is_name_ = is("query_name");
    object_.has_payload |= is("message") || is("rawData") || is("logEvents");
    object_.has_marks |= is("isMatchedDomain");
    if (members_ == MarkMembers::kAnnotated) object_.has_marks |= is("registeredDomain") || is("match");
  }

  // A value begins at at_; where it is the top level's query_name, it is noted.
  void begin_value(NameValue kind, size_t begin = 0, size_t end = 0, bool has_escapes = false) {
    if (depth_ != 1 || !is_name_) return;
    object_.name = kind;
    object_.name_begin = kind == NameValue::kString ? begin : at_;
    object_.name_end = end;
    object_.name_has_escapes = has_escapes;
  }

  bool in_object() const { return objects_[depth_ - 1]; }
  bool expects_value() const { return expect_ == Expect::kValue || expect_ == Expect::kValueOrClose; }
  void fail(RejectReason reason) { object_.reason = reason; }

  std::string_view text_;
  size_t at_;
  MarkMembers members_;
  Expect expect_ = Expect::kKeyOrClose;
  size_t depth_ = 0;
  std::bitset<kRecordDepthMax> objects_;  // which of the open brackets are objects
  bool is_name_ = false;                  // the top level's last key is query_name
  RecordObject object_;
};

}  // namespace

RecordObject read_object(std::string_view text, size_t begin, MarkMembers members) {
  return ObjectReader(text, begin, members).read();
}

}  // namespace querymark
