// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "corpus/random.h"

// Pieces of text that names and records are put together from.
namespace querymark::corpus {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kBase32Digits = "abcdefghijklmnopqrstuvwxyz234567";

// Padded with zeros. REQUIRES: width <= 20.
inline void append_number(std::string& out, uint64_t value, size_t width = 1) {
  char digits[20];
  size_t at = sizeof(digits);
  while (value > 0 || sizeof(digits) - at < width) {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits + at, sizeof(digits) - at);
}

inline void append_digits(std::string& out, Random& random, std::string_view digits, size_t count) {
  for (; count > 0; --count) out += digits[random.below(digits.size())];
}

// As an id of AWS: fixed bits for an entity (an instance, a VPC), so that it comes again.
inline void append_hex(std::string& out, uint64_t value, size_t count) {
  value = mix(value);
  for (; count > 0; --count) {
    out += kHexDigits[value & 15];
    value = value >> 4 | value << 60;
  }
}

}  // namespace querymark::corpus
