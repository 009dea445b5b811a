// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_time.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(AwsTime, TheThreeFormsMeanTheSame) {
  const SystemTime time = parse_iso8601("2026-11-24T15:18:52Z").value();
  EXPECT_EQ(std::chrono::system_clock::to_time_t(time), 1795533532);
  EXPECT_EQ(format_amz_date(time), "20261124T151852Z");
  EXPECT_EQ(parse_http_date("Tue, 24 Nov 2026 15:18:52 GMT"), time);
}

TEST(AwsTime, FractionsAreDroppedAndOffsetsCounted) {
  const auto expected = parse_iso8601("2026-01-01T00:00:00Z");
  for (const char* text : {"2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00+00:00",
                           "2026-01-01T02:00:00+02:00", "2025-12-31T22:30:00-0130"}) {
    EXPECT_EQ(parse_iso8601(text), expected) << text;
  }
}

TEST(AwsTime, WhatIsPastTheClocksEndIsItsEnd) {
  EXPECT_EQ(parse_iso8601("9999-12-31T23:59:59Z"), parse_iso8601("2260-12-31T23:59:59Z"));
  EXPECT_EQ(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT"), parse_iso8601("2260-12-31T23:59:59Z"));
}

TEST(AwsTime, WhatIsNoTimeIsNothing) {
  for (const char* text : {"", "2026", "2026-01-01", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
                           "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00Zx", "now"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
  for (const char* text :
       {"", "Tue, 24 Nov 2026 15:18:52", "Tue, 24 Foo 2026 15:18:52 GMT", "24 Nov 2026", ", "}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace querymark
