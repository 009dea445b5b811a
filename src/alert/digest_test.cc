// SPDX-License-Identifier: Apache-2.0
#include "alert/digest.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "alert/sns_message.h"

namespace querymark {
namespace {

using Kind = Notification::Kind;
using Strings = std::vector<std::string>;
using nlohmann::json;

struct Query {
  std::string name;
  std::string srcaddr = "10.0.0.1";
  std::string time = "2026-01-01T00:00:00Z";
  Strings lists = {"ads"};
  std::string more = {};
};

Match match_of(const Query& query) {
  const std::string record = R"({"query_name":")" + query.name + R"(.","srcaddr":")" + query.srcaddr +
                             R"(","vpc_id":"vpc-1","query_timestamp":")" + query.time +
                             R"(","rcode":"NOERROR")" + query.more + R"(,"isMatchedDomain":"Y"})";
  return {record, "evil.com", query.lists};
}

Notification notification(const Query& query) {
  return match_notification(match_of(query), SuffixTable::built_in());
}

json parse(const Notification& notification) {
  return json::parse(notification.text);
}

TEST(Notification, MatchIsTheRecordByteForByteWithWhatReceiversChooseBy) {
  const Notification made =
      notification({"www.evil.com", "10.0.0.1", "", {"ads", "spam"}, ",\"x\":\"\xff\""});
  EXPECT_EQ(made.text, match_of({"www.evil.com", "10.0.0.1", "", {}, ",\"x\":\"\xff\""}).record);
  EXPECT_EQ(json(made.attributes), (json{{"entry", "evil.com"},
                                         {"rcode", "NOERROR"},
                                         {"registered_domain", "evil.com"},
                                         {"srcaddr", "10.0.0.1"},
                                         {"vpc_id", "vpc-1"}}));
  EXPECT_EQ(made.lists, (Strings{"ads", "spam"}));
  EXPECT_EQ(made.subject, "Route 53 Query Log Matched");
}

TEST(Notification, WhatIsNoJsonToAStrictReaderIsToldAllTheSame) {
  const Notification made =
      match_notification({R"({"query_name":"a.com","n":01})", "a.com", {}}, SuffixTable::built_in());
  EXPECT_EQ(made.text, R"({"query_name":"a.com","n":01})");
  EXPECT_EQ(made.attributes.size(), 1U);
}

TEST(Digests, OneASourceAndRegistrableDomain) {
  Digests digests;
  digests.add(notification({"www.evil.com", "10.0.0.1", "2026-01-01T00:00:05Z"}));
  digests.add(notification({"evil.com", "10.0.0.2"}));
  digests.add(notification({"a.evil.com", "10.0.0.1", "2026-01-01T00:00:01Z", {"spam"}}));
  digests.add(notification({"evil.org", "10.0.0.1"}));
  EXPECT_EQ(digests.groups(), 3U);
  const std::vector<Notification> made = digests.take(3);
  ASSERT_EQ(made.size(), 3U);
  json first = parse(made[0]);
  EXPECT_EQ(first["samples"].size(), 2U);
  EXPECT_EQ(first["samples"][0]["isMatchedDomain"], "Y");
  first.erase("samples");
  EXPECT_EQ(first, (json{{"srcaddr", "10.0.0.1"},
                         {"vpc_id", "vpc-1"},
                         {"registered_domain", "evil.com"},
                         {"lists", {"ads", "spam"}},
                         {"count", 2},
                         {"first", "2026-01-01T00:00:01Z"},
                         {"last", "2026-01-01T00:00:05Z"}}));
  EXPECT_EQ(made[0].kind, Kind::kDigest);
  EXPECT_EQ(made[0].matches, 2U);
  EXPECT_EQ(made[0].attribute("rcode"), "");
  EXPECT_EQ(parse(made[1])["srcaddr"], "10.0.0.2");
  EXPECT_EQ(parse(made[2])["registered_domain"], "evil.org");
  EXPECT_TRUE(digests.take(9).empty());
}

TEST(Digests, NameWithoutRegistrableDomainGoesByItsEntry) {
  Digests digests;
  digests.add(match_notification({R"({"query_name":"host.corp.internal."})", "corp.internal", {}},
                                 SuffixTable::built_in()));
  EXPECT_EQ(parse(digests.take(1)[0])["registered_domain"], "corp.internal");
}

TEST(Digests, SamplesAreBounded) {
  Digests digests(2);
  for (int i = 0; i < 9; ++i) digests.add(notification({"evil.com"}));
  EXPECT_EQ(parse(digests.take(1)[0])["samples"].size(), 2U);
}

TEST(Digests, LongSamplesGoWithoutAnswersOrNotAtAllAndSnsTakesTheRest) {
  const std::string long_text(kDigestTextMax / 2, 'x');
  Digests digests;
  digests.add(notification({"a.evil.com", "", "", {}, R"(,"answers":[{"Rdata":")" + long_text + "\"}]"}));
  digests.add(notification({"b.evil.com", "", "", {}, R"(,"pad":")" + long_text + "\""}));
  for (int i = 0; i < 3; ++i)
    digests.add(notification({"c.evil.com", "", "", {}, R"(,"pad":")" + long_text.substr(2000) + "\""}));
  const Notification digest = digests.take(1)[0];
  const json text = parse(digest);
  EXPECT_EQ(text["count"], 5);
  ASSERT_EQ(text["samples"].size(), 3U);
  EXPECT_EQ(text["samples"][0]["answersLeftOut"], true);
  EXPECT_EQ(text["samples"][1]["query_name"], "c.evil.com.");
  EXPECT_LE(sns_message(digest).size(), kSnsMessageSizeMax);
}

TEST(Digests, WhatIsBeyondTheFirstOnesIsSummarised) {
  Digests digests;
  digests.add(notification({"evil.com", "10.0.0.1"}));
  for (int i = 0; i < 1234; ++i) {
    digests.add(notification({"evil.com", "10.0.0." + std::to_string(2 + (i % 3 == 0)),
                              "2026-01-01T00:00:0" + std::to_string(i % 10) + "Z"}));
  }
  digests.add(notification({"evil.org", "10.0.0.2", "2026-01-01T00:00:03Z", {"spam"}}));
  const std::vector<Notification> made = digests.take(1);
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].kind, Kind::kDigest);
  EXPECT_EQ(made[1].kind, Kind::kSummary);
  EXPECT_EQ(made[1].matches, 1235U);
  EXPECT_EQ(made[1].subject, "Route 53 Query Log Matched: and 1,235 more matches");
  EXPECT_EQ(made[1].lists, (Strings{"ads", "spam"}));
  json summary = parse(made[1]);
  EXPECT_EQ(summary["samples"].size(), 3U);
  EXPECT_EQ(summary["top"].size(), 3U);
  EXPECT_EQ(summary["top"][0], (json{{"srcaddr", "10.0.0.2"},
                                     {"vpc_id", "vpc-1"},
                                     {"registered_domain", "evil.com"},
                                     {"lists", {"ads"}},
                                     {"count", 822}}));
  summary.erase("samples");
  summary.erase("top");
  EXPECT_EQ(summary, (json{{"summary", "and 1,235 more matches"},
                           {"count", 1235},
                           {"first", "2026-01-01T00:00:00Z"},
                           {"last", "2026-01-01T00:00:09Z"},
                           {"sources", 2},
                           {"registered_domains", 2}}));
}

TEST(Digests, EveryMatchIsCountedOnceWhateverTheNumberOfDigests) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    Digests digests;
    const size_t matches = random() % 200;
    for (size_t i = 0; i < matches; ++i) {
      digests.add(notification(
          {"evil" + std::to_string(random() % 9) + ".com", "10.0.0." + std::to_string(random() % 9)}));
    }
    const size_t groups = digests.groups();
    const size_t digests_max = random() % 100;
    uint64_t told = 0;
    const std::vector<Notification> made = digests.take(digests_max);
    for (const Notification& notification : made) {
      EXPECT_EQ(parse(notification)["count"], notification.matches);
      told += notification.matches;
    }
    EXPECT_EQ(told, matches);
    EXPECT_EQ(made.size(), std::min(groups, digests_max + 1));
  }
}

}  // namespace
}  // namespace querymark
