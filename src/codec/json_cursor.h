// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Reads JSON once from front to back, without a tree and without memory of its own, whatever the text:
// requests carry megabytes in a few long strings, which are found by their quotes and given out where they
// lie.
//
//   JsonCursor json(R"({"Records":[{"Data":"aGk="}]})");
//   std::string_view key, data;
//   for (json.enter('{'); json.next_member(key);) json.skip_value();
//   if (!json.finish()) refuse();
//
// After the first fault everything is refused, so that only the end need be asked. Structure and strings are
// checked; the grammar of numbers is not. Cost: as memchr. Threads: one.
namespace querymark {

class JsonCursor {
 public:
  static constexpr int kDepthMax = 32;

  explicit JsonCursor(std::string_view json) : json_(json) {}

  // Steps into an object or an array.
  bool enter(char bracket);
  // The next member of the object entered last, its key as written between its quotes: then its value is to
  // be read. False, having left it, behind the last one.
  bool next_member(std::string_view& key);
  // Likewise of an array.
  bool next_element();

  // A string's content, as written between its quotes; its escapes are of the right form.
  bool read_string(std::string_view& content);
  // A string's text, its escapes resolved.
  bool read_text(std::string& text);
  // Any value.
  bool skip_value() { return skip_value(0); }

  // What the caller finds wrong counts as a fault of the text. False.
  bool refuse() { return fail(); }
  // True where nothing was wrong and nothing follows.
  bool finish();
  bool failed() const { return failed_; }
  // Where it stands: in front of what was wrong.
  size_t offset() const { return at_; }

 private:
  bool fail() {
    failed_ = true;
    return false;
  }
  // The first byte that is no blank; NUL at the end.
  char peek();
  bool expect(char byte);
  bool next_item(char closing);
  bool skip_value(int depth);
  bool skip_scalar();

  std::string_view json_;
  size_t at_ = 0;
  bool is_first_ = false;  // nothing of the object or array entered last has been read
  bool failed_ = false;
};

}  // namespace querymark
