// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

// Bytes and fields of list lines. All of it is ASCII; bytes above 0x7F are parts of names (UTF-8).
namespace querymark {

inline bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

inline bool is_letter(char c) {
  return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

inline bool is_ascii(char c) {
  return (static_cast<unsigned char>(c) & 0x80) == 0;
}

// A set of bytes, asked by one load.
class ByteSet {
 public:
  explicit constexpr ByteSet(std::string_view bytes) {
    for (const char c : bytes) holds_[static_cast<unsigned char>(c)] = true;
  }
  constexpr ByteSet& add_range(unsigned char first, unsigned char last) {
    for (size_t byte = first; byte <= last; ++byte) holds_[byte] = true;
    return *this;
  }
  constexpr bool has(char c) const { return holds_[static_cast<unsigned char>(c)]; }

  // The first byte at or after `at` that is (not) of the set; the text's size where there is none.
  constexpr size_t find(std::string_view text, size_t at) const {
    while (at < text.size() && !has(text[at])) ++at;
    return at;
  }
  constexpr size_t find_other(std::string_view text, size_t at) const {
    while (at < text.size() && has(text[at])) ++at;
    return at;
  }
  constexpr bool has_all_of(std::string_view text) const {
    bool all = true;
    for (const char c : text) all &= has(c);
    return all;
  }

 private:
  std::array<bool, 256> holds_{};
};

// Of a name in normal form that is a host name.
inline constexpr ByteSet kHostBytes = ByteSet("-_.").add_range('a', 'z').add_range('0', '9');
// Of such a name as people write it: capitals, U-labels.
inline constexpr ByteSet kNameBytes = ByteSet(kHostBytes).add_range('A', 'Z').add_range(0x80, 0xFF);

inline std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return trim_left(text);
}

// Whether the line is a comment of lists of names and of text: '#', '!', ';' or "//" comes first.
inline bool is_comment_line(std::string_view line) {
  line = trim_left(line);
  return !line.empty() &&
         (line[0] == '#' || line[0] == '!' || line[0] == ';' || (line[0] == '/' && line.substr(1, 1) == "/"));
}

// Takes the next field off `rest`, fields being separated by blanks; empty at the end.
inline std::string_view take_field(std::string_view& rest) {
  rest = trim_left(rest);
  size_t size = 0;
  while (size < rest.size() && !is_blank(rest[size])) ++size;
  const std::string_view field = rest.substr(0, size);
  rest.remove_prefix(size);
  return field;
}

// REQUIRES: `prefix` / `other` in lower case.
inline bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i)
    if (ascii_lower(text[i]) != prefix[i]) return false;
  return true;
}
inline bool equals_any_case(std::string_view text, std::string_view other) {
  return text.size() == other.size() && starts_with_any_case(text, other);
}

}  // namespace querymark
