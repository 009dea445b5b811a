// SPDX-License-Identifier: Apache-2.0
#include "codec/json_string.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace querymark {
namespace {

std::string unescape(std::string_view content) {
  std::string text;
  unescape_json(content, text);
  return text;
}

std::string quote(std::string_view text) {
  std::string json;
  append_json_string(text, json);
  return json;
}

TEST(JsonString, UnescapesEveryForm) {
  const struct {
    std::string_view content;
    std::string_view expected;
  } cases[] = {
      {"", ""},
      {"plain", "plain"},
      {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
      {R"(\u0041\u00e4\u20AC)", "A\u00e4\u20ac"},
      {R"(\u0000)", {"\0", 1}},
      {R"(\uD83D\uDE00)", "\U0001F600"},
      {R"(\ud83d)", "\xED\xA0\xBD"},
      {R"(\ude00x)", "\xED\xB8\x80x"},
      {R"(\ud83d\ud83d\ude00)", "\xED\xA0\xBD\U0001F600"},
      {R"(\ud83d\n)", "\xED\xA0\xBD\n"},
      {"\xFF\\\\\x80", "\xFF\\\x80"},
      {R"(\\052)", R"(\052)"},
  };
  for (const auto& row : cases) EXPECT_EQ(unescape(row.content), row.expected) << row.content;
}

TEST(JsonString, ReadsAndWritesEveryCodePointAsAFullParserDoes) {
  for (char32_t c = 0; c < 0x110000; c = c < 0x3000 ? c + 1 : c + 97) {
    if (c >= 0xD800 && c < 0xE000) continue;
    char escaped[16];
    if (c < 0x10000) {
      std::snprintf(escaped, sizeof(escaped), "\\u%04X", static_cast<unsigned>(c));
    } else {
      const unsigned above = static_cast<unsigned>(c) - 0x10000;
      std::snprintf(escaped, sizeof(escaped), "\\u%04x\\u%04x", 0xD800 + (above >> 10),
                    0xDC00 + (above & 0x3FF));
    }
    const std::string expected = nlohmann::json::parse(std::string("[\"").append(escaped).append("\"]"))[0];
    ASSERT_EQ(unescape(escaped), expected) << escaped;
    ASSERT_EQ(nlohmann::json::parse(quote(expected)), expected) << escaped;
  }
}

TEST(JsonString, QuotesWhatMustBeAndNothingElse) {
  EXPECT_EQ(quote(""), "\"\"");
  EXPECT_EQ(quote("a/b\x7F\xFF\u00e4"), "\"a/b\x7F\xFF\u00e4\"");
  EXPECT_EQ(quote("\"\\\b\f\n\r\t\x01\x1F"), R"("\"\\\b\f\n\r\t\u0001\u001f")");
}

TEST(JsonString, ComparesWhatStandsForAText) {
  EXPECT_TRUE(json_string_is("query_name", "query_name"));
  EXPECT_TRUE(json_string_is(R"(query\u005fname)", "query_name"));
  EXPECT_TRUE(json_string_is(R"(\u0071\u0075ery_nam\u0065)", "query_name"));
  EXPECT_FALSE(json_string_is("query_namE", "query_name"));
  EXPECT_FALSE(json_string_is("query_nam", "query_name"));
  EXPECT_FALSE(json_string_is("query_name2", "query_name"));
  EXPECT_FALSE(json_string_is(R"(query_name\u0000)", "query_name"));
  EXPECT_FALSE(json_string_is(R"(query\\name)", "query_name"));
  EXPECT_FALSE(json_string_is(R"(query\u015fname)", "query_name"));
  EXPECT_FALSE(json_string_is(R"(a\n)", "a\\n"));
}

TEST(JsonString, FindsTheQuoteThatEndsAString) {
  EXPECT_EQ(find_string_end(R"("a")", 1), 2U);
  EXPECT_EQ(find_string_end(R"("\"")", 1), 3U);
  EXPECT_EQ(find_string_end(R"("\\")", 1), 3U);
  EXPECT_EQ(find_string_end(R"(\"\\\"")", 1), 1U);
  EXPECT_EQ(find_string_end(R"("\\\"")", 1), 5U);
  EXPECT_EQ(find_string_end(R"("\\\")", 1), std::string_view::npos);
}

TEST(JsonString, KnowsTheFormOfEscapes) {
  EXPECT_EQ(escape_size(R"(\n)", 0), 2U);
  EXPECT_EQ(escape_size(R"(\u00aF)", 0), 6U);
  EXPECT_EQ(escape_size(R"(\x)", 0), 0U);
  EXPECT_EQ(escape_size(R"(\u00g0)", 0), 0U);
  EXPECT_EQ(escape_size(R"(\u0g)", 0), 0U);
  EXPECT_EQ(escape_size(R"(\)", 0), std::string_view::npos);
  EXPECT_EQ(escape_size(R"(\u012)", 0), std::string_view::npos);
}

}  // namespace
}  // namespace querymark
