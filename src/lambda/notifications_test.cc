// SPDX-License-Identifier: Apache-2.0
#include "lambda/notifications.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alert/digest.h"
#include "lambda/stream_processor_fixture.h"

namespace querymark {
namespace {

using Strings = std::vector<std::string>;

class Notifications : public StreamProcessorFixture {
 protected:
  Notifications() { settings_.notify = Notify::kEach; }

  std::string without_line_feed(std::string line) {
    line.pop_back();
    return line;
  }
  // "name=value" of the first message's attributes, by name.
  Strings attributes() const {
    Strings result;
    const auto& form = published_.at(0);
    const std::string entry = "PublishBatchRequestEntries.member.1.MessageAttributes.entry.";
    for (int i = 1;; ++i) {
      const auto name = form.find(entry + std::to_string(i) + ".Name");
      if (name == form.end()) break;
      result.push_back(name->second + "=" + form.at(entry + std::to_string(i) + ".Value.StringValue"));
    }
    return result;
  }
};

TEST_F(Notifications, EachMatchIsAMessageThatSaysY) {
  process({query("www.evil.com"), query("good.com"), query("bad.co.uk")});
  EXPECT_EQ(published(), (Strings{without_line_feed(marked(query("www.evil.com"), "Y")),
                                  without_line_feed(marked(query("bad.co.uk"), "Y"))}));
  EXPECT_EQ(published("Subject"), Strings(2, "Route 53 Query Log Matched"));
  EXPECT_EQ(metric("Notifications"), 2U);
}

TEST_F(Notifications, NothingIsPublishedWhereNothingMatchedOrItIsOff) {
  process({query("good.com")});
  settings_.notify = Notify::kOff;
  open();
  process({query("evil.com")});
  EXPECT_TRUE(published_.empty());
}

TEST_F(Notifications, AttributesAreThereForFilterPolicies) {
  table_.put(nlohmann::json::parse(
      R"({"domainName":{"S":"two.com"},"lists":{"M":{"ads":{"M":{}},"spam \"2\"":{"M":{}}}}})"));
  process({query("www.two.com", R"(,"rcode":"NXDOMAIN","query_type":"AAAA","region":"","account_id":1)")});
  EXPECT_EQ(attributes(),
            (Strings{"entry=two.com", "query_type=AAAA", "rcode=NXDOMAIN", "registered_domain=two.com",
                     "srcaddr=10.0.0.1", "vpc_id=vpc-1", R"(lists=["ads","spam \"2\""])"}));
}

TEST_F(Notifications, MatchInAPayloadThatFailsIsToldOf) {
  EXPECT_EQ(process({query("evil.com") + "\nnonsense"})[0].substr(0, 16), "ProcessingFailed");
  EXPECT_EQ(published(), Strings{without_line_feed(marked(query("evil.com"), "Y"))});
}

TEST_F(Notifications, RecordThatIsTooLongGoesWithoutItsAnswersAndSaysSo) {
  const std::string answers = R"(,"answers":[{"Rdata":")" + std::string(300'000, 'x') + "\"}]";
  const std::string record = query("evil.com", answers);
  EXPECT_EQ(process_one(record), "Ok " + marked(record, "Y"));
  std::string expected = without_line_feed(marked(query("evil.com"), "Y"));
  expected.insert(expected.size() - 1, R"(,"answersLeftOut":true)");
  EXPECT_EQ(published(), Strings{expected});
}

TEST_F(Notifications, RecordThatIsTooLongEvenSoIsAFailure) {
  const std::string record = query("evil.com", R"(,"pad":")" + std::string(300'000, 'x') + "\"");
  EXPECT_EQ(process_one(record), "Ok " + marked(record, "Y"));
  EXPECT_EQ(metric("NotificationFailures"), 1U);
}

TEST_F(Notifications, BytesThatAreNoUtf8DoNotKeepAMatchQuiet) {
  const std::string record = query("evil.com", ",\"note\":\"a\xff\xc3(\xe2\x82\"");
  EXPECT_EQ(process_one(record), "Ok " + marked(record, "Y"));
  EXPECT_EQ(
      published(),
      Strings{without_line_feed(marked(query("evil.com", ",\"note\":\"a\uFFFD\uFFFD(\uFFFD\uFFFD\""), "Y"))});
}

TEST_F(Notifications, DigestIsOneMessageAClientAndDomain) {
  settings_.notify = Notify::kDigest;
  Strings payloads;
  for (int i = 0; i < 7; ++i) {
    payloads.push_back(
        query("h" + std::to_string(i) + ".evil.com",
              R"(,"query_timestamp":"2026-01-01T00:00:0)" + std::to_string((i + 3) % 7) + "Z\""));
  }
  payloads.push_back(R"({"query_name":"evil.com","srcaddr":"10.0.0.2","vpc_id":"vpc-1"})");
  payloads.push_back(query("bad.co.uk"));
  process(payloads);
  const Strings messages = published();
  ASSERT_EQ(messages.size(), 3U);
  const nlohmann::json digest = nlohmann::json::parse(messages[0]);
  EXPECT_EQ(digest["srcaddr"], "10.0.0.1");
  EXPECT_EQ(digest["vpc_id"], "vpc-1");
  EXPECT_EQ(digest["registered_domain"], "evil.com");
  EXPECT_EQ(digest["lists"], nlohmann::json({"manual"}));
  EXPECT_EQ(digest["count"], 7);
  EXPECT_EQ(digest["first"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(digest["last"], "2026-01-01T00:00:06Z");
  EXPECT_EQ(digest["samples"].size(), kDigestSamplesMax);
  EXPECT_EQ(digest["samples"][0]["isMatchedDomain"], "Y");
  EXPECT_EQ(nlohmann::json::parse(messages[1])["srcaddr"], "10.0.0.2");
  EXPECT_EQ(nlohmann::json::parse(messages[2])["registered_domain"], "bad.co.uk");
  EXPECT_EQ(metric("Notifications"), 3U);
}

TEST_F(Notifications, DigestHoldsAsManySamplesAsAMessageTakes) {
  settings_.notify = Notify::kDigest;
  const std::string answers = R"(,"answers":[{"Rdata":")" + std::string(100'000, 'x') + "\"}]";
  process(Strings(4, query("evil.com", answers)));
  const Strings messages = published();
  ASSERT_EQ(messages.size(), 1U);
  const nlohmann::json digest = nlohmann::json::parse(messages[0]);
  EXPECT_EQ(digest["count"], 4);
  EXPECT_EQ(digest["samples"].size(), 2U);
}

}  // namespace
}  // namespace querymark
