// SPDX-License-Identifier: Apache-2.0
#include "codec/json_cursor.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace querymark {
namespace {

bool accepts(std::string_view text) {
  JsonCursor json(text);
  json.skip_value();
  return json.finish();
}

TEST(JsonCursor, TakesWhatIsJson) {
  for (const char* text :
       {"{}", "[]", "0", "\"\"", "null", " { \"a\" : [ 1 , { } , \"x\\\"\\u0041\" ] , \"b\" : -1.5e+3 } \n",
        "[[],[[]]]", "\"\\\\\"", "{\"a\":{\"b\":{\"c\":true}}}"})
    EXPECT_TRUE(accepts(text)) << text;
}

TEST(JsonCursor, RefusesWhatIsNone) {
  for (const char* text :
       {"",        " ",         "{",     "}",     "[",         "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "[1,]",    "[,1]",      "{,}",   "[1 2]", "{\"a\" 1}", "{a:1}",   "\"",       "\"\\\"",
        "\"\\x\"", "\"\\u12\"", "{} {}", "[]x",   "{\"a\":1",  "[}",      "{]",       "nul\"l\""})
    EXPECT_FALSE(accepts(text)) << text;
  EXPECT_FALSE(accepts(std::string_view("{}\0", 3)));
}

TEST(JsonCursor, DepthHasABound) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(accepts(nested(JsonCursor::kDepthMax)));
  EXPECT_FALSE(accepts(nested(JsonCursor::kDepthMax + 1)));
  EXPECT_FALSE(accepts(std::string(1'000'000, '[')));
}

TEST(JsonCursor, GivesStringsWhereTheyLie) {
  const std::string text = R"({"Records":[{"Data":"aGk="},{"Data":"a\/b\u0041"}]})";
  JsonCursor json(text);
  std::string_view key;
  std::vector<std::string> found;
  ASSERT_TRUE(json.enter('{'));
  ASSERT_TRUE(json.next_member(key));
  EXPECT_EQ(key, "Records");
  ASSERT_TRUE(json.enter('['));
  while (json.next_element()) {
    ASSERT_TRUE(json.enter('{'));
    ASSERT_TRUE(json.next_member(key));
    std::string_view data;
    ASSERT_TRUE(json.read_string(data));
    EXPECT_GE(data.data(), text.data());
    found.emplace_back(data);
    EXPECT_FALSE(json.next_member(key));
  }
  EXPECT_FALSE(json.next_member(key));
  EXPECT_TRUE(json.finish());
  EXPECT_EQ(found, (std::vector<std::string>{"aGk=", "a\\/b\\u0041"}));
}

TEST(JsonCursor, ResolvesEscapesWhereAsked) {
  JsonCursor json(R"("a\/b\u0041\n")");
  std::string text;
  ASSERT_TRUE(json.read_text(text));
  EXPECT_EQ(text, "a/bA\n");
}

TEST(JsonCursor, AfterTheFirstFaultEverythingIsRefused) {
  JsonCursor json("[1 2]");
  json.enter('[');
  EXPECT_TRUE(json.next_element() && json.skip_value());
  EXPECT_FALSE(json.next_element());
  EXPECT_TRUE(json.failed());
  EXPECT_EQ(json.offset(), 3U);
  std::string_view key;
  EXPECT_FALSE(json.next_member(key) || json.skip_value() || json.finish() || json.enter('['));
}

// All texts of a small alphabet: what a full parser takes is taken, and structure is judged as it judges it.
TEST(JsonCursor, AgreesWithAFullParser) {
  constexpr std::string_view kAlphabet = "{}[]\",:1";
  constexpr size_t kLengthMax = 6;
  std::vector<std::string> texts = {""};
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string text = texts[i];
    EXPECT_EQ(accepts(text), nlohmann::json::accept(text)) << text;
    if (text.size() == kLengthMax) continue;
    for (const char c : kAlphabet) texts.push_back(text + c);
  }
}

}  // namespace
}  // namespace querymark
