// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>

#include "codec/all_targets.h"

namespace querymark {
namespace {

std::string encode(std::string_view bytes) {
  std::string text(base64_size(bytes.size()) + 1, '#');
  encode_base64(bytes, text.data());
  EXPECT_EQ(text.back(), '#');
  text.pop_back();
  return text;
}

// The bytes, or the error's text.
std::string decode(std::string_view text) {
  std::string bytes(base64_decoded_size_max(text.size()) + 1, '#');
  const Result<size_t> size = decode_base64(text, bytes.data());
  EXPECT_EQ(bytes.back(), '#');
  if (!size) return size.error().detail;
  bytes.resize(*size);
  return bytes;
}

// As RFC 4648 says it: bits to the left, six at a time, `=` to fill up four.
std::string encode_slowly(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits;
  for (unsigned char byte : bytes) {
    for (int bit = 7; bit >= 0; --bit) bits += (byte >> bit & 1) != 0 ? '1' : '0';
  }
  while (bits.size() % 6 != 0) bits += '0';
  std::string text;
  for (size_t at = 0; at < bits.size(); at += 6) text += kDigits[std::stoul(bits.substr(at, 6), nullptr, 2)];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string noise(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(Base64, GivesTheStandardsExamples) {
  const struct {
    std::string_view bytes;
    std::string_view text;
  } cases[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"},
               {"\xFB\xFF\xBF", "+/+/"}};
  for (const auto& row : cases) {
    EXPECT_EQ(encode(row.bytes), row.text);
    EXPECT_EQ(decode(row.text), row.bytes);
  }
}

TEST(Base64, EncodesAndDecodesEverySizeAndByte) {
  for (unsigned size = 0; size < 500; ++size) {
    const std::string bytes = noise(size, size);
    const std::string text = encode_slowly(bytes);
    on_all_targets([&] {
      ASSERT_TRUE(encode(bytes) == text) << size;
      ASSERT_TRUE(decode(text) == bytes) << size;
    });
  }
}

TEST(Base64, NamesTheFirstByteThatDoesNotBelong) {
  const struct {
    std::string_view text;
    int at;
  } cases[] = {{"A", 1},        {"AA", 2},     {"AAA", 3},      {"=", 0},        {"A===", 1}, {"AA=A", 3},
               {"AA=", 3},      {"AA==A", 4},  {"AA==AAAA", 4}, {"AAA=AAAA", 4}, {"AB==", 1}, {"AAB=", 2},
               {"AAA\n", 3},    {"AAAA\n", 4}, {"AAAA\r\n", 4}, {"AA-A", 2},     {"AA_A", 2}, {" AAAA", 0},
               {"AAAA====", 4}, {"AAA==", 4},  {"AAAAA", 5}};
  for (const auto& row : cases) {
    EXPECT_EQ(decode(row.text), "base64 is broken at byte " + std::to_string(row.at)) << row.text;
  }
}

void find_every_wrong_byte() {
  const std::string good = encode(noise(150, 1));
  for (size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const bool is_digit = (byte < 128 && std::isalnum(byte) != 0) || byte == '+' || byte == '/';
      if (is_digit) {
        ASSERT_EQ(encode(decode(text)), text);
        continue;
      }
      // Whether padding belongs shows by what stands beside it.
      const size_t spread = byte == '=' ? 1 : 0;
      bool found = false;
      for (size_t reported = at - std::min(at, spread); reported <= at + spread; ++reported) {
        found |= decode(text) == "base64 is broken at byte " + std::to_string(reported);
      }
      ASSERT_TRUE(found) << at << ": " << byte << ": " << decode(text);
    }
  }
}

TEST(Base64, FindsEveryWrongByteAtEveryPlace) {
  on_all_targets(find_every_wrong_byte);
}

}  // namespace
}  // namespace querymark
