// SPDX-License-Identifier: Apache-2.0
#include "codec/record_splicer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace querymark {
namespace {

std::string splice(std::string_view object, const std::vector<MemberEdit>& edits) {
  std::string out = "before ";
  splice_record(object, edits, out);
  EXPECT_TRUE(out.starts_with("before "));
  return out.substr(7);
}

TEST(RecordSplicer, SetsMembers) {
  const std::vector<MemberEdit> edits{{"verdict", "\"Y\""}, {"list", "[1]"}};
  const struct {
    const char* name;
    std::string_view object;
    std::string_view expected;
  } cases[] = {
      {"new", R"({"a":1})", R"({"a":1,"verdict":"Y","list":[1]})"},
      {"into nothing", "{}", R"({"verdict":"Y","list":[1]})"},
      {"there", R"({"verdict":"N","a":1})", R"({"verdict":"Y","a":1,"list":[1]})"},
      {"there twice", R"({"verdict":"N","a":1,"verdict":{"x":[2]}})",
       R"({"verdict":"Y","a":1,"verdict":"Y","list":[1]})"},
      {"both", R"({"list":null,"verdict":0})", R"({"list":[1],"verdict":"Y"})"},
      {"key with escapes", R"({"v\u0065rdict":"N"})", R"({"v\u0065rdict":"Y","list":[1]})"},
      {"inside", R"({"a":{"verdict":"N"},"b":["verdict"]})",
       R"({"a":{"verdict":"N"},"b":["verdict"],"verdict":"Y","list":[1]})"},
      {"blanks stay", "{ \"verdict\" : \"N\" ,\t\"a\" : 1 }",
       "{ \"verdict\" : \"Y\" ,\t\"a\" : 1 ,\"list\":[1]}"},
      {"brackets in strings", R"({"a":"}],\"{\\","b":"]"})",
       R"({"a":"}],\"{\\","b":"]","verdict":"Y","list":[1]})"},
      {"line breaks go", "{\r\n  \"a\": [\n1\n],\n  \"verdict\":\n\"N\"\n}",
       R"({  "a": [1],  "verdict":"Y","list":[1]})"},
      {"no UTF-8", "{\"\xFF\":\"\x80\\n\"}", "{\"\xFF\":\"\x80\\n\",\"verdict\":\"Y\",\"list\":[1]}"},
  };
  for (const auto& row : cases) EXPECT_EQ(splice(row.object, edits), row.expected) << row.name;
}

TEST(RecordSplicer, RemovesMembers) {
  const std::vector<MemberEdit> edits{{"x", ""}};
  const struct {
    const char* name;
    std::string_view object;
    std::string_view expected;
  } cases[] = {
      {"first", R"({"x":1,"a":2})", R"({"a":2})"},
      {"between", R"({"a":1, "x":{"y":2}, "b":3})", R"({"a":1, "b":3})"},
      {"last", R"({"a":1, "x":2 })", R"({"a":1 })"},
      {"only", R"({ "x":1 })", R"({  })"},
      {"several in a row", R"({"x":1,"x":2,"a":3,"x":4,"x":5,"b":6,"x":7,"x":8})", R"({"a":3,"b":6})"},
      {"all", R"({"x":1,"x":2})", R"({})"},
      {"none", R"({"a":{"x":1}})", R"({"a":{"x":1}})"},
  };
  for (const auto& row : cases) EXPECT_EQ(splice(row.object, edits), row.expected) << row.name;
}

TEST(RecordSplicer, RemovesOneAndSetsAnother) {
  const std::vector<MemberEdit> edits{{"x", ""}, {"y", "1"}};
  EXPECT_EQ(splice(R"({"x":0})", edits), R"({"y":1})");
  EXPECT_EQ(splice(R"({"x":0,"y":0})", edits), R"({"y":1})");
  EXPECT_EQ(splice(R"({"y":0,"x":0})", edits), R"({"y":1})");
}

TEST(RecordSplicer, WithoutEditsTakesLineBreaksAlone) {
  EXPECT_EQ(splice("{\"a\\n\":\t\"b\",\r\n\"c\":[\n]}", {}), "{\"a\\n\":\t\"b\",\"c\":[]}");
}

}  // namespace
}  // namespace querymark
