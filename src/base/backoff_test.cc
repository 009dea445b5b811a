// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Backoff, PausesStayBelowACeilingThatDoublesUpToTheCap) {
  for (int run = 0; run < 200; ++run) {
    Backoff backoff(milliseconds(10), milliseconds(35));
    for (const int ceiling : {10, 20, 35, 35, 35}) {
      const microseconds pause = backoff.next();
      EXPECT_GE(pause, microseconds(0));
      EXPECT_LE(pause, milliseconds(ceiling));
    }
    backoff.reset();
    EXPECT_LE(backoff.next(), milliseconds(10));
  }
}

TEST(Backoff, PausesFillTheWholeRange) {
  int below_a_quarter = 0;
  int above_three_quarters = 0;
  for (int run = 0; run < 1000; ++run) {
    const microseconds pause = Backoff(milliseconds(100), milliseconds(100)).next();
    below_a_quarter += pause < milliseconds(25) ? 1 : 0;
    above_three_quarters += pause > milliseconds(75) ? 1 : 0;
  }
  EXPECT_GT(below_a_quarter, 100);
  EXPECT_GT(above_three_quarters, 100);
}

TEST(Backoff, DoesNotSleepPastADeadline) {
  const Deadline passed = Deadline::after(milliseconds(0));
  Backoff backoff(std::chrono::hours(1), std::chrono::hours(1));
  EXPECT_FALSE(backoff.wait(passed));
  EXPECT_TRUE(Backoff(milliseconds(1), milliseconds(1)).wait(Deadline::never()));
}

TEST(Deadline, TheEarlierOneCounts) {
  const Deadline soon = Deadline::after(milliseconds(0));
  EXPECT_TRUE(soon.passed());
  EXPECT_EQ(soon.left(), milliseconds(0));
  EXPECT_TRUE(soon.or_after(std::chrono::hours(1)).passed());
  EXPECT_FALSE(Deadline::never().passed());
  EXPECT_TRUE(Deadline::never().is_never());
  EXPECT_TRUE(Deadline::never().or_after(milliseconds(0)).passed());
}

}  // namespace
}  // namespace querymark
