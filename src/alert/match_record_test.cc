// SPDX-License-Identifier: Apache-2.0
#include "alert/match_record.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(MatchRecord, BrokenUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(valid_utf8("plain ä €"), "plain ä €");
  EXPECT_EQ(valid_utf8("\x80"
                       "a\xC3"),
            "\uFFFD"
            "a\uFFFD");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
}

TEST(MatchRecord, StringMembersAreThoseOfTheTopLevel) {
  const auto members = string_members(R"({"a":"1","b":2,"c":{"d":"3"},"a":"4\u0041"})");
  EXPECT_EQ(members.size(), 1U);
  EXPECT_EQ(members.at("a"), "4A");
  EXPECT_TRUE(string_members("{").empty());
}

TEST(MatchRecord, WhatGoesWithoutAnswersSaysSo) {
  EXPECT_EQ(without_answers(R"({"a":1,"answers":[{"Rdata":"1.2.3.4"}],"b":2})"),
            R"({"a":1,"b":2,"answersLeftOut":true})");
}

}  // namespace
}  // namespace querymark
