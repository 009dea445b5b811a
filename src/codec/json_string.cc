// SPDX-License-Identifier: Apache-2.0
#include "codec/json_string.h"

#include <algorithm>
#include <cstdint>

namespace querymark {
namespace {

constexpr size_t kUnicodeEscapeSize = 6;  // \uXXXX

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char32_t hex4(std::string_view digits) {
  char32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 4 | static_cast<char32_t>(hex_digit(digits[i]));
  return value;
}

bool is_high_surrogate(char32_t c) {
  return c >= 0xD800 && c < 0xDC00;
}
bool is_low_surrogate(char32_t c) {
  return c >= 0xDC00 && c < 0xE000;
}

void append_utf8(char32_t c, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

size_t escape_size(std::string_view text, size_t at) {
  if (at + 1 >= text.size()) return std::string_view::npos;
  const char kind = text[at + 1];
  if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos ? 2 : 0;
  const std::string_view digits = text.substr(at + 2, 4);
  if (std::any_of(digits.begin(), digits.end(), [](char c) { return hex_digit(c) < 0; })) return 0;
  return digits.size() == 4 ? kUnicodeEscapeSize : std::string_view::npos;
}

size_t find_string_end(std::string_view text, size_t begin) {
  for (size_t quote = text.find('"', begin); quote != std::string_view::npos;
       quote = text.find('"', quote + 1)) {
    size_t first_backslash = quote;
    while (first_backslash > begin && text[first_backslash - 1] == '\\') --first_backslash;
    if ((quote - first_backslash) % 2 == 0) return quote;
  }
  return std::string_view::npos;
}

Escape read_escape(std::string_view content, size_t at) {
  switch (content[at + 1]) {
    case 'b':
      return {'\b', 2};
    case 'f':
      return {'\f', 2};
    case 'n':
      return {'\n', 2};
    case 'r':
      return {'\r', 2};
    case 't':
      return {'\t', 2};
    case 'u':
      break;
    default:
      return {static_cast<unsigned char>(content[at + 1]), 2};
  }
  const char32_t unit = hex4(content.substr(at + 2));
  const std::string_view after = content.substr(at + kUnicodeEscapeSize);
  if (is_high_surrogate(unit) && after.size() >= kUnicodeEscapeSize && after[0] == '\\' && after[1] == 'u') {
    const char32_t second = hex4(after.substr(2));
    if (is_low_surrogate(second)) {
      return {0x10000 + ((unit - 0xD800) << 10 | (second - 0xDC00)), 2 * kUnicodeEscapeSize};
    }
  }
  return {unit, kUnicodeEscapeSize};
}

void unescape_json(std::string_view content, std::string& out) {
  size_t at = 0;
  for (;;) {
    const size_t backslash = std::min(content.find('\\', at), content.size());
    out.append(content, at, backslash - at);
    if (backslash == content.size()) return;
    const Escape escape = read_escape(content, backslash);
    append_utf8(escape.code_point, out);
    at = backslash + escape.size;
  }
}

bool json_string_is(std::string_view content, std::string_view text) {
  if (content.size() == text.size()) return content == text && content.find('\\') == std::string_view::npos;
  if (content.size() < text.size()) return false;
  size_t at = 0;
  for (const char c : text) {
    if (at >= content.size()) return false;
    const Escape next =
        content[at] == '\\' ? read_escape(content, at) : Escape{static_cast<unsigned char>(content[at]), 1};
    if (next.code_point != static_cast<unsigned char>(c)) return false;
    at += next.size;
  }
  return at == content.size();
}

void append_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') {
      out += c;
      continue;
    }
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += c;
        break;
      case '\b':
        out += 'b';
        break;
      case '\f':
        out += 'f';
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out.append("u00").append({kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  out += '"';
}

}  // namespace querymark
