// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_lookup.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "aws/aws_test_session.h"
#include "dns/domain_name.h"
#include "domains/domain_set_fixture.h"
#include "domains/domain_set_reference.h"
#include "domains/fake_dynamodb.h"

namespace querymark {
namespace {

constexpr int64_t kNow = 1'795'533'532;

class DynamoDbLookupTest : public ::testing::Test {
 protected:
  void open(FakeDynamoDb& table, const DynamoDbLookupOptions& options = {}) {
    open([&table](const LoopbackRequest& request) { return table.answer(request); }, options);
  }
  void open(LoopbackServer::Handler handler, const DynamoDbLookupOptions& options = {}) {
    mode_ = options.match;
    server_ = std::make_unique<LoopbackServer>(std::move(handler));
    session_ = session_with(*server_);
    lookup_ = std::make_unique<DynamoDbLookup>(*DynamoDb::open(*session_, kTestRetries), "t", options);
    lookup_->begin(kNow);
  }

  // Each name's answer from what is cached, as a line of text.
  std::vector<std::string> find(const std::vector<std::string>& names) {
    std::vector<DomainQuery> queries;
    for (const std::string& name : names) {
      queries.push_back({name, fixture_suffixes().registrable_domain(name)});
    }
    std::vector<DomainMatch> answers(names.size());
    EXPECT_TRUE(lookup_->find(queries, answers));
    std::vector<std::string> texts;
    for (const DomainMatch& match : answers) {
      texts.push_back(describe_answer(match.verdict, match.entry, match.scope, lookup_->list_names(match)));
    }
    return texts;
  }
  std::string find_one(const std::string& name) { return find(std::vector<std::string>{name})[0]; }
  // Asked, fetched, and asked again.
  std::vector<std::string> ask(const std::vector<std::string>& names) {
    find(names);
    const Result<void> fetched = lookup_->fetch(Deadline::after(std::chrono::seconds(20)));
    error_ = fetched ? "" : fetched.error().detail;
    return find(names);
  }
  std::string ask_one(const std::string& name) { return ask(std::vector<std::string>{name})[0]; }

  MatchMode mode_ = MatchMode::kRegistered;
  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::unique_ptr<DynamoDbLookup> lookup_;
  std::string error_;
};

std::vector<std::string> names(const std::string& stem, size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back("www." + stem + std::to_string(i) + ".com");
  return names;
}

TEST_F(DynamoDbLookupTest, WhatIsNotCachedFailsUntilItIsFetched) {
  FakeDynamoDb table({"evil.com"});
  open(table);
  EXPECT_EQ(find_one("www.evil.com"), "failed");
  EXPECT_EQ(ask_one("www.evil.com"), "interesting evil.com subtree [manual]");
  EXPECT_EQ(ask_one("a.b.evil.com"), "interesting evil.com subtree [manual]");
  EXPECT_EQ(ask_one("www.good.com"), "none");
  EXPECT_EQ(error_, "");
}

TEST_F(DynamoDbLookupTest, RequestsAreKeysByHundredsAndOncePerKey) {
  FakeDynamoDb table;
  open(table);
  std::vector<std::string> asked = names("d", 250);
  asked.insert(asked.end(), asked.begin(), asked.end());
  EXPECT_EQ(ask(asked), std::vector<std::string>(500, "none"));
  EXPECT_EQ(lookup_->requests(), 3U);
  EXPECT_EQ(lookup_->keys_asked(), 250U);
  EXPECT_EQ(table.requests(), 3U);
  EXPECT_EQ(table.keys_asked(), 250U);
  ask(asked);
  EXPECT_EQ(table.requests(), 3U);
}

TEST_F(DynamoDbLookupTest, AllowEntriesAreAskedForOfWhatMatchedAlone) {
  FakeDynamoDb table({"evil.com", "good.com", "allow#good.com"});
  open(table);
  EXPECT_EQ(ask({"a.evil.com", "a.good.com", "a.other.com"}),
            (std::vector<std::string>{"interesting evil.com subtree [manual]",
                                      "allowed good.com subtree [manual]", "none"}));
  EXPECT_EQ(lookup_->requests(), 2U);
  EXPECT_EQ(lookup_->keys_asked(), 5U);
}

TEST_F(DynamoDbLookupTest, NamesWithoutARegistrableDomainNeedNoTable) {
  FakeDynamoDb table;
  open(table);
  EXPECT_EQ(find({"localhost", "10.0.0.1", "db.internal"}), std::vector<std::string>(3, "none"));
  EXPECT_EQ(lookup_->answered(), 0U);
}

TEST_F(DynamoDbLookupTest, NamesThatNoKeyCanHoldAreInNoTable) {
  FakeDynamoDb table({"allow#evil.com"});
  open(table);
  EXPECT_EQ(find({"allow#evil.com", "a.\xff.com"}), std::vector<std::string>(2, "none"));
}

TEST_F(DynamoDbLookupTest, ExpiredListsAndItemsCountAsAbsent) {
  FakeDynamoDb table;
  table.put(nlohmann::json{{"domainName", {{"S", "gone.com"}}}, {"expires", {{"N", std::to_string(kNow)}}}});
  table.put(
      nlohmann::json{{"domainName", {{"S", "left.com"}}}, {"expires", {{"N", std::to_string(kNow + 1)}}}});
  table.put(nlohmann::json{{"domainName", {{"S", "half.com"}}},
                           {"lists",
                            {{"M",
                              {{"ads", {{"M", {{"expires", {{"N", std::to_string(kNow - 9)}}}}}}},
                               {"spam", {{"M", {{"scope", {{"S", "exact"}}}}}}}}}}}});
  open(table);
  EXPECT_EQ(ask({"gone.com", "left.com", "half.com"}),
            (std::vector<std::string>{"none", "interesting left.com subtree [manual]",
                                      "interesting half.com exact [spam]"}));
  lookup_->begin(kNow + 1);
  EXPECT_EQ(find({"left.com", "half.com"}),
            (std::vector<std::string>{"failed", "interesting half.com exact [spam]"}));
  EXPECT_EQ(ask_one("left.com"), "none");
}

TEST_F(DynamoDbLookupTest, CacheHoldsBothAnswersForItsLifetime) {
  FakeDynamoDb table({"evil.com"});
  open(table, {.lifetime = std::chrono::seconds(60)});
  ask({"evil.com", "good.com"});
  lookup_->begin(kNow + 59);
  EXPECT_EQ(find({"evil.com", "good.com"}),
            (std::vector<std::string>{"interesting evil.com subtree [manual]", "none"}));
  EXPECT_EQ(lookup_->answered(), 2U);
  lookup_->begin(kNow + 60);
  EXPECT_EQ(find({"evil.com", "good.com"}), std::vector<std::string>(2, "failed"));
}

TEST_F(DynamoDbLookupTest, LifetimeOfZeroKeepsNothingForTheNextTime) {
  FakeDynamoDb table({"evil.com"});
  open(table, {.lifetime = std::chrono::seconds(0)});
  EXPECT_EQ(ask({"evil.com", "good.com"})[1], "none");
  lookup_->begin(kNow);
  EXPECT_EQ(lookup_->keys(), 0U);
  EXPECT_EQ(find({"evil.com", "good.com"}), std::vector<std::string>(2, "failed"));
}

TEST_F(DynamoDbLookupTest, MoreNamesThanTheCacheHoldsAreAnsweredAndThenForgotten) {
  FakeDynamoDb table({"d7.com"});
  open(table, {.keys_max = 100});
  const std::vector<std::string> answers = ask(names("d", 1000));
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "none"), 999);
  EXPECT_EQ(answers[7], "interesting d7.com subtree [manual]");
  lookup_->begin(kNow);
  EXPECT_LE(lookup_->keys(), 100U);
}

TEST_F(DynamoDbLookupTest, WhatIsAskedForAgainOutlivesWhatIsNot) {
  FakeDynamoDb table({"evil.com"});
  open(table, {.keys_max = 40});
  for (int round = 0; round < 10; ++round) {
    ask_one("www.evil.com");
    ask(names("r" + std::to_string(round) + "d", 8));
    lookup_->begin(kNow);
    EXPECT_EQ(find_one("www.evil.com"), "interesting evil.com subtree [manual]") << round;
  }
}

TEST_F(DynamoDbLookupTest, KeysThatAreLeftOverFailAloneWithTheReason) {
  FakeDynamoDb table({"evil.com", "lost.com"});
  table.leave_over({"lost.com", "allow#evil.com"});
  open(table);
  EXPECT_EQ(ask({"a.evil.com", "a.lost.com", "a.good.com"}),
            (std::vector<std::string>{"failed", "failed", "none"}));
  EXPECT_NE(error_.find("left 1 over"), std::string::npos) << error_;
  table.leave_over({});
  EXPECT_EQ(ask({"a.evil.com", "a.lost.com"}),
            (std::vector<std::string>{"interesting evil.com subtree [manual]",
                                      "interesting lost.com subtree [manual]"}));
}

TEST_F(DynamoDbLookupTest, WhatCannotBeAskedIsNeverAbsent) {
  open([](const LoopbackRequest&) { return LoopbackReply::with(500, "{}"); });
  EXPECT_EQ(ask({"a.evil.com", "localhost"}), (std::vector<std::string>{"failed", "none"}));
  EXPECT_NE(error_, "");
}

TEST_F(DynamoDbLookupTest, ListedAsksForTheNameAndItsParents) {
  FakeDynamoDb table({"bad.evil.com", "allow#ok.bad.evil.com"});
  open(table, {.match = MatchMode::kListed});
  EXPECT_EQ(ask({"x.bad.evil.com", "x.ok.bad.evil.com", "evil.com"}),
            (std::vector<std::string>{"interesting bad.evil.com subtree [manual]",
                                      "allowed ok.bad.evil.com subtree [manual]", "none"}));
}

// Names are few and short, so that parents, scopes and allow entries meet.
std::string random_name(std::mt19937& random) {
  static constexpr const char* kTails[] = {"com", "co.uk", "github.com", "test.ck", "www.ck", "internal"};
  std::string name = kTails[random() % std::size(kTails)];
  for (uint32_t labels = random() % 4; labels > 0; --labels) {
    name.insert(0, ".").insert(0, 1, static_cast<char>('a' + random() % 3));
  }
  return name;
}

// What can be told apart in marked records: that nothing matched, or what did.
std::string as_marked(const std::string& answer) {
  return answer.starts_with("interesting") ? answer : "none";
}

ReferenceTable random_table(std::mt19937& random, MatchMode mode) {
  ReferenceTable table{fixture_suffixes(), {"ads", "spam", "watch"}, {}};
  std::set<std::string> seen;
  for (uint32_t count = 1 + random() % 12; count > 0; --count) {
    ReferenceRow row;
    row.name = random_name(random);
    row.scope = random() % 2 == 0 ? EntryScope::kExact : EntryScope::kSubtree;
    row.keep = random() % 2 == 0 ? EntryKeep::kListed : EntryKeep::kRegistered;
    row.allow = random() % 4 == 0;
    row.list = static_cast<uint32_t>(random() % table.list_names.size());
    // What is kept registered stands under its registrable domain in DynamoDB.
    if (mode == MatchMode::kRegistered && !row.allow && row.keep == EntryKeep::kRegistered) {
      const std::string domain(table.suffixes.registrable_domain(row.name));
      if (!domain.empty()) row.name = domain;
    }
    if (seen.insert(row.name + std::to_string(row.allow) + std::to_string(row.list)).second)
      table.rows.push_back(row);
  }
  return table;
}

void fill(FakeDynamoDb& fake, const ReferenceTable& table) {
  std::map<std::pair<std::string, bool>, DynamoDbItem> items;
  for (const ReferenceRow& row : table.rows) {
    DynamoDbItem& item = items[{row.name, row.allow}];
    item.name = row.name;
    item.allow = row.allow;
    StoredEntry entry;
    entry.name = row.name;
    entry.list = table.list_names[row.list];
    entry.allow = row.allow;
    entry.scope = row.scope;
    entry.keep = row.keep;
    item.entries.push_back(entry);
  }
  for (const auto& [key, item] : items) fake.put(item);
}

TEST_F(DynamoDbLookupTest, DecidesAsTheDomainSetOnRandomTables) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const MatchMode mode = round % 2 == 0 ? MatchMode::kRegistered : MatchMode::kListed;
    const ReferenceTable table = random_table(random, mode);
    FakeDynamoDb fake;
    fill(fake, table);
    const DomainSet set = build_in_memory(table);
    open(fake, {.match = mode});
    std::vector<std::string> queries;
    for (int i = 0; i < 40; ++i) queries.push_back(random_name(random));
    const std::vector<std::string> answers = ask(queries);
    for (size_t i = 0; i < queries.size(); ++i) {
      const std::string expected = as_marked(find_in_set(set, table.suffixes, mode, queries[i]));
      EXPECT_EQ(expected, as_marked(find_slowly(table, mode, queries[i])));
      EXPECT_EQ(as_marked(answers[i]), expected) << to_string(mode) << " " << queries[i];
    }
    EXPECT_EQ(std::count(answers.begin(), answers.end(), "failed"), 0);
  }
}

}  // namespace
}  // namespace querymark
