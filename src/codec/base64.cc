// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"

#include <array>
#include <cstdint>
#include <string>

#include "codec/base64_blocks.h"

namespace querymark {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNoDigit = 0xFF;

// The value of each character, kNoDigit for those outside of the alphabet.
constexpr std::array<uint8_t, 256> kValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return values;
}();

uint8_t value_of(char c) {
  return kValues[static_cast<unsigned char>(c)];
}

Error bad_byte(size_t at) {
  return Error::invalid("base64 is broken at byte " + std::to_string(at));
}

}  // namespace

void encode_base64(std::string_view bytes, char* out) {
  const auto byte = [&](size_t i) { return uint32_t{static_cast<unsigned char>(bytes[i])}; };
  size_t at = encode_base64_blocks(bytes, out);
  out += base64_size(at);
  for (; at + 3 <= bytes.size(); at += 3) {
    const uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    for (int shift = 18; shift >= 0; shift -= 6) *out++ = kAlphabet[group >> shift & 63];
  }
  const size_t rest = bytes.size() - at;
  if (rest == 0) return;
  const uint32_t group = byte(at) << 16 | (rest == 2 ? byte(at + 1) << 8 : 0);
  *out++ = kAlphabet[group >> 18];
  *out++ = kAlphabet[group >> 12 & 63];
  *out++ = rest == 2 ? kAlphabet[group >> 6 & 63] : '=';
  *out = '=';
}

Result<size_t> decode_base64(std::string_view text, char* out) {
  char* const begin = out;
  size_t at = decode_base64_blocks(text, out);
  out += base64_decoded_size_max(at);
  const auto put = [&](uint32_t group, int count) {
    for (int i = 0; i < count; ++i) *out++ = static_cast<char>(group >> (16 - 8 * i));
  };
  while (at < text.size()) {
    uint32_t group = 0;
    size_t digits = 0;
    while (digits < 4 && at + digits < text.size() && value_of(text[at + digits]) != kNoDigit) {
      group |= uint32_t{value_of(text[at + digits])} << (18 - 6 * digits);
      ++digits;
    }
    if (digits == 4) {
      put(group, 3);
      at += 4;
      continue;
    }
    // The last four characters, with padding: two or three digits, and no bits over.
    if (digits < 2) return bad_byte(at + digits);
    for (size_t i = digits; i < 4; ++i) {
      if (at + i >= text.size() || text[at + i] != '=') return bad_byte(at + i);
    }
    if ((group & (digits == 2 ? 0xFFFF : 0xFF)) != 0) return bad_byte(at + digits - 1);
    put(group, static_cast<int>(digits) - 1);
    if (at + 4 != text.size()) return bad_byte(at + 4);
    return static_cast<size_t>(out - begin);
  }
  return static_cast<size_t>(out - begin);
}

}  // namespace querymark
