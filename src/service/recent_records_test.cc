// SPDX-License-Identifier: Apache-2.0
#include "service/recent_records.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

using Lines = std::vector<std::string>;

std::string numbered(size_t from, size_t to) {
  std::string lines;
  for (size_t i = from; i < to; ++i) lines += "line " + std::to_string(i) + "\n";
  return lines;
}

TEST(RecentRecords, GivesWhatCameSinceTheCursor) {
  RecentRecords recent;
  EXPECT_EQ(recent.since("").lines, Lines());
  recent.append("a\nb\n");
  const RecordTail tail = recent.since("");
  EXPECT_EQ(tail.lines, (Lines{"a", "b"}));
  EXPECT_EQ(recent.since(tail.cursor).lines, Lines());
  recent.append("c\n");
  EXPECT_EQ(recent.since(tail.cursor).lines, Lines{"c"});
  EXPECT_FALSE(recent.since(tail.cursor).is_skipped);
}

TEST(RecentRecords, KeepsWholeLinesWithinTheBound) {
  RecentRecords recent;
  const std::string begin = recent.since("").cursor;
  for (size_t i = 0; i < 50'000; i += 100) recent.append(numbered(i, i + 100));
  const RecordTail tail = recent.since(begin);
  EXPECT_TRUE(tail.is_skipped);
  EXPECT_EQ(tail.lines.back(), "line 49999");
  size_t size = 0;
  for (size_t i = 0; i < tail.lines.size(); ++i) {
    EXPECT_EQ(tail.lines[i], "line " + std::to_string(50'000 - tail.lines.size() + i));
    size += tail.lines[i].size() + 1;
  }
  EXPECT_LE(size, RecentRecords::kSizeMax);
  EXPECT_GT(size, RecentRecords::kSizeMax - 20);
}

TEST(RecentRecords, TakesMoreThanItKeepsAtOnce) {
  RecentRecords recent;
  recent.append(numbered(0, 100'000));
  EXPECT_EQ(recent.since("").lines.back(), "line 99999");
  const std::string cursor = recent.since("").cursor;
  recent.append(std::string(2 * RecentRecords::kSizeMax, 'x') + "\n");
  EXPECT_EQ(recent.since(cursor).lines, Lines());
  EXPECT_TRUE(recent.since(cursor).is_skipped);
}

TEST(RecentRecords, CursorsOfOthersGiveAllThatIsKeptAndTellOfAGap) {
  RecentRecords recent;
  RecentRecords other;
  recent.append("a\n");
  other.append("b\n");
  for (const std::string& cursor : {other.since("").cursor, std::string("nonsense"), std::string("1:2:3")}) {
    EXPECT_EQ(recent.since(cursor).lines, Lines{"a"}) << cursor;
    EXPECT_TRUE(recent.since(cursor).is_skipped) << cursor;
  }
  EXPECT_FALSE(recent.since("").is_skipped);
}

}  // namespace
}  // namespace querymark
