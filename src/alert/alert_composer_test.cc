// SPDX-License-Identifier: Apache-2.0
#include "alert/alert_composer.h"

#include <random>

#include "alert/alert_fixture.h"

namespace querymark {
namespace {

using std::chrono::seconds;
using Mode = AlertPolicy::Mode;

class AlertComposerTest : public AlertFixture {
 protected:
  AlertComposerTest() { open_outbox({"test:"}); }

  void use(const AlertPolicy& policy) {
    composer_ = std::make_unique<AlertComposer>(*outbox_, 0, policy, SuffixTable::built_in());
  }
  // What is told at this time, all delivered; "until SECOND" where there is something to wait for.
  Strings tell(int64_t second) {
    Strings told;
    for (;;) {
      Result<AlertComposer::Due> due = composer_->next(at_second(second));
      if (!due) return {due.error().detail};
      for (const Notification& notification : due->left()) told.push_back(describe(notification));
      if (due->left().empty()) {
        if (due->again()) {
          const auto again = std::chrono::duration_cast<seconds>(due->again()->time_since_epoch());
          told.push_back("until " + std::to_string(again.count()));
        }
        return told;
      }
      due->settle(std::vector<bool>(due->left().size()));
      EXPECT_TRUE(outbox_->mark_delivered(0, due->told()));
    }
  }

  std::unique_ptr<AlertComposer> composer_;
};

TEST_F(AlertComposerTest, EachMatchIsToldAsItComes) {
  use({});
  EXPECT_EQ(tell(0), Strings{});
  put(2);
  EXPECT_EQ(tell(0), (Strings{"1", "2"}));
  put(250);
  EXPECT_EQ(tell(0).size(), 250U);
}

TEST_F(AlertComposerTest, WhatFitsTheNextIntervalWaitsForIt) {
  use({.limit = 3, .limit_interval = seconds(60)});
  put(5);
  EXPECT_EQ(tell(100), (Strings{"1", "2", "3", "until 160"}));
  EXPECT_EQ(tell(159), Strings{"until 160"});
  EXPECT_EQ(tell(160), (Strings{"4", "5"}));
  put(1);
  EXPECT_EQ(tell(161), Strings{"6"});
}

TEST_F(AlertComposerTest, WhatDoesNotFitTheNextIntervalIsSummarised) {
  use({.limit = 3, .limit_interval = seconds(60)});
  put(4);
  EXPECT_EQ(tell(100), (Strings{"1", "2", "3", "until 160"}));
  put(1200, 0, "10.0.0.2");
  EXPECT_EQ(tell(160), Strings{"and 1,201 more matches"});
  put(3);
  EXPECT_EQ(tell(161), (Strings{"1205", "1206", "until 220"}));
  EXPECT_EQ(tell(220), Strings{"1207"});
}

TEST_F(AlertComposerTest, SummaryOfOneSourceAndDomainIsADigest) {
  use({.limit = 1, .limit_interval = seconds(60)});
  put(5);
  EXPECT_EQ(tell(0), (Strings{"1", "until 60"}));
  EXPECT_EQ(tell(60), Strings{"4 of 10.0.0.1 evil.com"});
}

TEST_F(AlertComposerTest, DigestsAreToldWhenTheWindowOfTheOldestMatchCloses) {
  use({.mode = Mode::kDigest, .window = seconds(300)});
  put(3, 1000);
  EXPECT_EQ(tell(1000), Strings{"until 1300"});
  put(2, 1200, "10.0.0.2");
  put(1, 1250);
  EXPECT_EQ(tell(1299), Strings{"until 1300"});
  EXPECT_EQ(tell(1300), (Strings{"4 of 10.0.0.1 evil.com", "2 of 10.0.0.2 evil.com"}));
  put(1, 1301);
  EXPECT_EQ(tell(1302), Strings{"until 1601"});
}

TEST_F(AlertComposerTest, DigestsBeyondTheLimitAreSummarised) {
  use({.mode = Mode::kDigest, .window = seconds(10), .limit = 3, .limit_interval = seconds(60)});
  for (int source = 0; source < 5; ++source) put(2, 1000, "10.0.0." + std::to_string(source));
  EXPECT_EQ(tell(1010), (Strings{"2 of 10.0.0.0 evil.com", "2 of 10.0.0.1 evil.com", "and 6 more matches"}));
  put(1, 1011);
  EXPECT_EQ(tell(1021), Strings{"until 1070"});
  EXPECT_EQ(tell(1070), Strings{"1 of 10.0.0.1 evil.com"});
}

TEST_F(AlertComposerTest, WhatIsTooMuchToWaitIsToldAtOnce) {
  use({.mode = Mode::kDigest, .window = seconds(300)});
  put(AlertComposer::kMatchesMax - 1, 1000);
  EXPECT_EQ(tell(1000), Strings{"until 1300"});
  put(2, 1000);
  EXPECT_EQ(tell(1000), (Strings{"50000 of 10.0.0.1 evil.com", "until 1300"}));
  use({.limit = 1});
  put(AlertComposer::kMatchesMax, 1000);
  EXPECT_EQ(tell(1000), (Strings{"50000 of 10.0.0.1 evil.com", "until 1060"}));
}

TEST_F(AlertComposerTest, ClockThatWasPutBackHoldsNothingUp) {
  use({.mode = Mode::kDigest, .window = seconds(300)});
  put(1, 1'000'000);
  EXPECT_EQ(tell(1000), Strings{"1 of 10.0.0.1 evil.com"});
  use({.limit = 1});
  put(2, 1'000'000);
  EXPECT_EQ(tell(1'000'000), (Strings{"2", "until 1000060"}));
  EXPECT_EQ(tell(1000), Strings{"3"});
}

TEST_F(AlertComposerTest, IdsAreTheSameWhenTheSameIsToldAgain) {
  use({});
  put(2);
  const std::string first = composer_->next(at_second(0))->left()[0].id;
  EXPECT_EQ(first, outbox_->instance() + "-1");
  EXPECT_EQ(composer_->next(at_second(0))->left()[0].id, first);
  use({.mode = Mode::kDigest, .window = seconds(0)});
  EXPECT_EQ(composer_->next(at_second(0))->left()[0].id, outbox_->instance() + "-1-2-1");
}

TEST_F(AlertComposerTest, WhatFailedStaysInItsOrder) {
  use({});
  put(5);
  AlertComposer::Due due = *composer_->next(at_second(0));
  const auto left = [&due] {
    std::string text;
    for (const Notification& notification : due.left()) text += describe(notification);
    return text + ":" + std::to_string(due.told());
  };
  EXPECT_EQ(left(), "12345:0");
  due.settle({false, true, false, true});
  EXPECT_EQ(left(), "245:1");
  due.settle({true, false});
  EXPECT_EQ(left(), "25:1");
  due.settle({false});
  EXPECT_EQ(left(), "5:4");
  due.settle({false});
  EXPECT_EQ(left(), ":5");
}

TEST_F(AlertComposerTest, EveryMatchIsToldOnceWithinTheLimitWhateverComesWhen) {
  std::mt19937 random(5);
  for (int round = 0; round < 8; ++round) {
    AlertPolicy policy;
    policy.mode = random() % 2 == 0 ? Mode::kEach : Mode::kDigest;
    policy.window = seconds(random() % 30);
    policy.limit = random() % 6;
    policy.limit_interval = seconds(1 + random() % 30);
    use(policy);
    const int64_t begin = outbox_->last();
    int64_t told = 0;
    std::vector<int64_t> times;  // of each notification
    for (int64_t second = 0; second < 400; ++second) {
      if (second < 300 && random() % 3 == 0)
        put(static_cast<int64_t>(random() % 12), second, "10.0.0." + std::to_string(random() % 4));
      Result<AlertComposer::Due> due = composer_->next(at_second(second));
      ASSERT_TRUE(due);
      for (const Notification& notification : due->left()) {
        told += static_cast<int64_t>(notification.matches);
        times.push_back(second);
      }
      due->settle(std::vector<bool>(due->left().size()));
      if (due->told() > 0) {
        ASSERT_TRUE(outbox_->mark_delivered(0, due->told()));
      }
      ASSERT_EQ(told, outbox_->delivered(0) - begin);
    }
    EXPECT_EQ(told, outbox_->last() - begin);
    // Two limits may meet where an interval ends.
    for (size_t i = 0; policy.limit > 0 && i + 2 * policy.limit < times.size(); ++i)
      EXPECT_GE(times[i + 2 * policy.limit] - times[i], policy.limit_interval.count() - 1);
  }
}

}  // namespace
}  // namespace querymark
