// SPDX-License-Identifier: Apache-2.0
#include "alert/undelivered_alerts.h"

#include <gtest/gtest.h>

#include "alert/alert_fixture.h"

namespace querymark {
namespace {

class UndeliveredAlertsTest : public AlertFixture {
 protected:
  UndeliveredAlerts undelivered() {
    Result<UndeliveredAlerts> opened = UndeliveredAlerts::open(path("outbox.db"));
    return *std::move(opened);
  }
  // "3 by file:a" of each, in their order.
  Strings refused(std::string_view sink, int64_t after = 0, size_t count_max = 100) {
    Strings texts;
    const Result<std::vector<RefusedAlert>> alerts = undelivered().refused(sink, after, count_max);
    for (const RefusedAlert& alert : alerts.value())
      texts.push_back(std::to_string(alert.number) + " by " + alert.sink);
    return texts;
  }
};

TEST_F(UndeliveredAlertsTest, WhatWasRefusedComesOutAsItWas) {
  open_outbox({"file:a"});
  Notification notification;
  notification.kind = Notification::Kind::kDigest;
  notification.subject = "a subject";
  notification.text = "{\"a\":\"\xff\"}";
  notification.id = "id-1";
  notification.attributes = {{"entry", "evil.com"}, {"srcaddr", "a \"quoted\" one\n"}};
  notification.lists = {"ads", "spam"};
  ASSERT_TRUE(outbox_->keep_refused(0, notification, "too long", at_second(5)));
  const Result<std::vector<RefusedAlert>> alerts = undelivered().refused("", 0, 10);
  ASSERT_TRUE(alerts) << alerts.error().detail;
  ASSERT_EQ(alerts->size(), 1U);
  const RefusedAlert& alert = alerts->front();
  EXPECT_EQ(alert.refused, at_second(5));
  EXPECT_EQ(alert.sink, "file:a");
  EXPECT_EQ(alert.reason, "too long");
  EXPECT_EQ(alert.notification.kind, notification.kind);
  EXPECT_EQ(alert.notification.subject, notification.subject);
  EXPECT_EQ(alert.notification.text, notification.text);
  EXPECT_EQ(alert.notification.id, notification.id);
  EXPECT_EQ(alert.notification.attributes, notification.attributes);
  EXPECT_EQ(alert.notification.lists, notification.lists);
}

TEST_F(UndeliveredAlertsTest, AreReadBySinkFromAnyNumberOnAndRemovedOneByOne) {
  open_outbox({"file:a", "file:b"});
  for (const size_t sink : {0, 1, 0, 0}) ASSERT_TRUE(outbox_->keep_refused(sink, {}, "no", at_second(1)));
  EXPECT_EQ(refused(""), (Strings{"1 by file:a", "2 by file:b", "3 by file:a", "4 by file:a"}));
  EXPECT_EQ(refused("file:a", 1), (Strings{"3 by file:a", "4 by file:a"}));
  EXPECT_EQ(refused("file:a", 0, 1), Strings{"1 by file:a"});
  EXPECT_EQ(refused("file:c"), Strings{});
  ASSERT_TRUE(undelivered().remove_refused(3));
  EXPECT_EQ(refused("file:a"), (Strings{"1 by file:a", "4 by file:a"}));
}

TEST_F(UndeliveredAlertsTest, WhatWaitsIsCountedBySink) {
  open_outbox({"file:a", "file:b"});
  put(2, 10);
  put(1, 20);
  ASSERT_TRUE(outbox_->mark_delivered(0, 2));
  ASSERT_TRUE(outbox_->mark_delivered(1, 3));
  const auto sinks = undelivered().waiting();
  ASSERT_TRUE(sinks) << sinks.error().detail;
  ASSERT_EQ(sinks->size(), 2U);
  EXPECT_EQ(sinks->at(0).name, "file:a");
  EXPECT_EQ(sinks->at(0).matches, 1U);
  EXPECT_EQ(sinks->at(0).oldest, at_second(20));
  EXPECT_EQ(sinks->at(1).matches, 0U);
  EXPECT_FALSE(sinks->at(1).oldest);
}

TEST_F(UndeliveredAlertsTest, WithoutAnOutboxThereIsNone) {
  EXPECT_EQ(UndeliveredAlerts::open(path("outbox.db")).error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace querymark
