// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_item.h"

#include <gtest/gtest.h>

#include "aws/dynamodb_reply.h"
#include "aws/dynamodb_request.h"
#include "dns/entry_scope.h"

namespace querymark {
namespace {

// An item from the JSON that DynamoDB writes.
Item item(const std::string& json) {
  return read_item_reply("{\"Item\":" + json + "}", "Item")->value();
}

std::string json(const Item& item) {
  std::string text;
  append_item(text, item);
  return text;
}

// "allow good.com: ads exact listed 1..2 expires 3 'note'; …"
std::string describe(const DynamoDbItem& item) {
  std::string text = item.allow ? "allow " : "";
  text.append(item.name).append(":");
  for (const StoredEntry& entry : item.entries) {
    text.append(" ").append(entry.list).append(" ").append(to_string(entry.scope));
    text.append(" ").append(to_string(entry.keep));
    text.append(" ").append(std::to_string(entry.first_seen));
    text.append("..").append(std::to_string(entry.last_seen));
    if (entry.expires) text.append(" expires ").append(std::to_string(*entry.expires));
    if (!entry.note.empty()) text.append(" '").append(entry.note).append("'");
    text += ";";
  }
  return text;
}

std::string read(const std::string& json) {
  const Result<DynamoDbItem> item_read = read_domain_item(item(json));
  return item_read ? describe(*item_read) : item_read.error().detail;
}

StoredEntry entry_of(const std::string& name, const std::string& list) {
  StoredEntry entry;
  entry.name = name;
  entry.list = list;
  return entry;
}

TEST(DynamoDbItem, KeyAloneIsTheDomainAndAllBelowInListManual) {
  EXPECT_EQ(read(R"({"domainName":{"S":"evil.com"}})"), "evil.com: manual subtree registered 0..0;");
  EXPECT_EQ(read(R"({"domainName":{"S":"allow#good.com"}})"), "allow good.com: manual subtree listed 0..0;");
}

TEST(DynamoDbItem, HandsMaySayMoreWithoutLists) {
  EXPECT_EQ(read(R"({"domainName":{"S":"evil.com"},"scope":{"S":"exact"},"keep":{"S":"listed"},
                     "note":{"S":"seen in spam"},"firstSeen":{"N":"5"},"expires":{"N":"9"}})"),
            "evil.com: manual exact listed 5..0 expires 9 'seen in spam';");
}

TEST(DynamoDbItem, EachListSaysItsOwn) {
  EXPECT_EQ(read(R"({"domainName":{"S":"evil.com"},"scope":{"S":"subtree"},"lists":{"M":{
                     "ads":{"M":{"scope":{"S":"exact"},"keep":{"S":"listed"},"firstSeen":{"N":"1"},
                                 "lastSeen":{"N":"2"},"expires":{"N":"3"},"note":{"S":"n"}}},
                     "spam":{"M":{"scope":{"S":"subtree"},"keep":{"S":"registered"}}}}}})"),
            "evil.com: ads exact listed 1..2 expires 3 'n'; spam subtree registered 0..0;");
}

TEST(DynamoDbItem, WhatHasNotItsFormIsTakenForMissing) {
  EXPECT_EQ(read(R"({"domainName":{"S":"evil.com"},"scope":{"N":"1"},"keep":{"S":"maybe"},
                     "expires":{"S":"soon"},"lists":{"SS":["ads"]}})"),
            "evil.com: manual subtree registered 0..0;");
  EXPECT_EQ(read(R"({"domainName":{"S":"evil.com"},"lists":{"M":{}}})"),
            "evil.com: manual subtree registered 0..0;");
  EXPECT_EQ(read(R"({"domainName":{"S":"evil.com"},"lists":{"M":{"ads":{"M":{}},"spam":{"BOOL":true}}}})"),
            "evil.com: ads subtree registered 0..0;");
}

TEST(DynamoDbItem, WithoutKeyIsCorrupt) {
  EXPECT_EQ(read(R"({"name":{"S":"evil.com"}})"), "item without the key domainName");
  EXPECT_EQ(read(R"({"domainName":{"N":"1"}})"), "item without the key domainName");
}

TEST(DynamoDbItem, ExpiryOfTheItemHoldsForListsWithoutOne) {
  EXPECT_EQ(read(R"({"domainName":{"S":"evil.com"},"expires":{"N":"9"},
                     "lists":{"M":{"ads":{"M":{}},"spam":{"M":{"expires":{"N":"4"}}}}}})"),
            "evil.com: ads subtree registered 0..0 expires 9; spam subtree registered 0..0 expires 4;");
}

TEST(DynamoDbItem, ExpiredEntriesMatchNothingFromTheirSecondOn) {
  DynamoDbItem read = *read_domain_item(item(R"({"domainName":{"S":"evil.com"},"lists":{"M":{
      "ads":{"M":{"scope":{"S":"subtree"},"expires":{"N":"10"}}},"spam":{"M":{"scope":{"S":"exact"}}}}}})"));
  read.drop_expired(9);
  EXPECT_EQ(read.scope(), EntryScope::kSubtree);
  read.drop_expired(10);
  EXPECT_EQ(describe(read), "evil.com: spam exact registered 0..0;");
  EXPECT_EQ(read.scope(), EntryScope::kExact);
}

TEST(DynamoDbItem, WritesWhatAllListsSayTogether) {
  DynamoDbItem written;
  written.name = "evil.com";
  written.entries = {entry_of("evil.com", "ads"), entry_of("evil.com", "spam")};
  written.entries[0].keep = EntryKeep::kListed;
  written.entries[0].first_seen = 7;
  written.entries[0].last_seen = 8;
  written.entries[0].expires = 20;
  written.entries[1].scope = EntryScope::kSubtree;
  written.entries[1].first_seen = 5;
  written.entries[1].last_seen = 6;
  written.entries[1].expires = 30;
  written.entries[1].note = "n";
  const Item result = written.to_item();
  EXPECT_EQ(json(result),
            R"({"domainName":{"S":"evil.com"},"expires":{"N":"30"},"firstSeen":{"N":"5"},)"
            R"("keep":{"S":"registered"},"lastSeen":{"N":"8"},"lists":{"M":{)"
            R"("ads":{"M":{"expires":{"N":"20"},"firstSeen":{"N":"7"},"keep":{"S":"listed"},)"
            R"("lastSeen":{"N":"8"},"scope":{"S":"exact"}}},)"
            R"("spam":{"M":{"expires":{"N":"30"},"firstSeen":{"N":"5"},"keep":{"S":"registered"},)"
            R"("lastSeen":{"N":"6"},"note":{"S":"n"},"scope":{"S":"subtree"}}}}},"scope":{"S":"subtree"}})");
  EXPECT_EQ(describe(*read_domain_item(result)), describe(written));
}

TEST(DynamoDbItem, DynamoDbMayDeleteOnlyWhatNoListHoldsForEver) {
  DynamoDbItem read = *read_domain_item(item(R"({"domainName":{"S":"evil.com"},"expires":{"N":"9"},
                                 "lists":{"M":{"ads":{"M":{"expires":{"N":"9"}}}}}})"));
  read.entries.push_back(entry_of("evil.com", "spam"));
  EXPECT_FALSE(find_number(read.to_item(), kItemExpires));
}

TEST(DynamoDbItem, AttributesByHandSurvive) {
  DynamoDbItem read = *read_domain_item(item(R"({"domainName":{"S":"evil.com"},"ticket":{"N":"12"},
      "lists":{"M":{"ads":{"M":{"owner":{"S":"ann"},"expires":{"N":"9"}}},"spam":{"M":{}}}}})"));
  read.entries.pop_back();
  read.entries[0].expires.reset();
  EXPECT_EQ(json(read.to_item()),
            R"({"domainName":{"S":"evil.com"},"keep":{"S":"registered"},"lists":{"M":{)"
            R"("ads":{"M":{"keep":{"S":"registered"},"owner":{"S":"ann"},"scope":{"S":"subtree"}}}}},)"
            R"("scope":{"S":"subtree"},"ticket":{"N":"12"}})");
}

TEST(DynamoDbItem, AllowEntriesHaveAKeyOfTheirOwnAndNoKeep) {
  EXPECT_EQ(json(domain_item_key("good.com", true)), R"({"domainName":{"S":"allow#good.com"}})");
  EXPECT_EQ(json(domain_item_key("evil.com", false)), R"({"domainName":{"S":"evil.com"}})");
  DynamoDbItem allow;
  allow.name = "good.com";
  allow.allow = true;
  allow.entries = {entry_of("good.com", "ads")};
  allow.entries[0].allow = true;
  EXPECT_EQ(json(allow.to_item()),
            R"({"domainName":{"S":"allow#good.com"},"lists":{"M":{"ads":{"M":{"scope":{"S":"exact"}}}}},)"
            R"("scope":{"S":"exact"}})");
}

TEST(DynamoDbItem, SomeNamesCannotBeKeys) {
  EXPECT_TRUE(can_be_item_name("evil.com"));
  EXPECT_TRUE(can_be_item_name("_dmarc.evil.com"));
  EXPECT_FALSE(can_be_item_name(""));
  EXPECT_FALSE(can_be_item_name("allow#evil.com"));
  EXPECT_FALSE(can_be_item_name("\xff.evil.com"));
}

}  // namespace
}  // namespace querymark
