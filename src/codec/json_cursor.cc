// SPDX-License-Identifier: Apache-2.0
#include "codec/json_cursor.h"

#include <algorithm>
#include <cstring>

#include "codec/json_string.h"

namespace querymark {

char JsonCursor::peek() {
  while (at_ < json_.size()) {
    const char byte = json_[at_];
    if (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t') return byte;
    ++at_;
  }
  return '\0';
}

bool JsonCursor::expect(char byte) {
  if (failed_ || peek() != byte) return fail();
  ++at_;
  return true;
}

bool JsonCursor::enter(char bracket) {
  is_first_ = true;
  return expect(bracket);
}

bool JsonCursor::next_item(char closing) {
  if (failed_) return false;
  if (peek() == closing) {
    ++at_;
    is_first_ = false;
    return false;
  }
  if (!is_first_ && !expect(',')) return false;
  is_first_ = false;
  return true;
}

bool JsonCursor::next_member(std::string_view& key) {
  return next_item('}') && read_string(key) && expect(':');
}

bool JsonCursor::next_element() {
  return next_item(']');
}

bool JsonCursor::read_string(std::string_view& content) {
  if (!expect('"')) return false;
  const size_t end = find_string_end(json_, at_);
  if (end == std::string_view::npos) return fail();
  content = json_.substr(at_, end - at_);
  for (size_t at = content.find('\\'); at != std::string_view::npos; at = content.find('\\', at)) {
    const size_t size = escape_size(content, at);
    if (size == 0 || size == std::string_view::npos) return fail();
    at += size;
  }
  at_ = end + 1;
  return true;
}

bool JsonCursor::read_text(std::string& text) {
  std::string_view content;
  if (!read_string(content)) return false;
  text.clear();
  unescape_json(content, text);
  return true;
}

bool JsonCursor::skip_value(int depth) {
  if (failed_) return false;
  const char byte = peek();
  std::string_view ignored;
  if (byte == '"') return read_string(ignored);
  if (byte != '{' && byte != '[') return skip_scalar();
  if (depth == kDepthMax) return fail();
  enter(byte);
  while (byte == '{' ? next_member(ignored) : next_element()) {
    if (!skip_value(depth + 1)) return false;
  }
  return !failed_;
}

bool JsonCursor::skip_scalar() {
  const size_t begin = at_;
  while (at_ < json_.size() && json_[at_] != '\0' &&
         std::strchr("+-.0123456789Eaeflnrstu", json_[at_]) != nullptr)
    ++at_;
  return at_ > begin || fail();
}

bool JsonCursor::finish() {
  return !failed_ && (peek() == '\0' && at_ == json_.size());
}

}  // namespace querymark
