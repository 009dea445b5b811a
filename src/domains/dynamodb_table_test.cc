// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_table.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "aws/aws_test_session.h"
#include "domains/dynamodb_list_writer.h"
#include "domains/fake_dynamodb.h"

namespace querymark {
namespace {

using json = nlohmann::json;

// Names in an order that an update wants: ".evil.com" is evil.com with all below it, "@good.com" an allow
// entry.
class GivenEntries final : public EntryStream {
 public:
  explicit GivenEntries(std::vector<std::string> texts) : texts_(std::move(texts)) {}
  Result<std::optional<TableEntry>> next() override {
    if (next_ == texts_.size()) return std::optional<TableEntry>();
    std::string_view text = texts_[next_++];
    if (text == "!") return Error{Errc::kIo, "the list cannot be read"};
    TableEntry entry{.name = text, .scope = EntryScope::kExact, .allow = text.starts_with('@')};
    if (entry.allow) text.remove_prefix(1);
    if (text.starts_with('.')) entry.scope = EntryScope::kSubtree;
    entry.name = text.substr(text.starts_with('.') ? 1 : 0);
    return std::optional<TableEntry>(entry);
  }

 private:
  std::vector<std::string> texts_;
  size_t next_ = 0;
};

std::string numbered(int number) {
  return std::string("d").append(std::to_string(number)).append(".com");
}

class DynamoDbTableTest : public ::testing::Test {
 protected:
  DynamoDbTableTest()
      : server_([this](const LoopbackRequest& request) {
          return fault_ ? fault_(request) : fake_.answer(request);
        }),
        session_(session_with(server_)),
        dynamodb_(*DynamoDb::open(*session_, kTestRetries)),
        table_(dynamodb_, "t", SuffixTable::built_in()) {
    update_.list = "ads";
    update_.now = 1000;
  }

  // "2 new, 1 there, 0 removed, 0 repeated", or the error.
  std::string update(const std::vector<std::string>& entries) {
    GivenEntries stream(entries);
    const Result<ListUpdateCounts> counts = table_.update_list(update_, stream);
    if (!counts) return counts.error().detail;
    return std::to_string(counts->added) + " new, " + std::to_string(counts->already_there) + " there, " +
           std::to_string(counts->removed) + " removed, " + std::to_string(counts->repeated) + " repeated";
  }

  // "ads:.evil.com @ads:good.com", by key.
  std::string contents() {
    std::string text;
    for (const bool allow : {false, true}) {
      EXPECT_TRUE(table_.visit_entries({.pattern = pattern_, .list = "", .allow = allow},
                                       [&](const StoredEntry& entry) {
                                         if (!text.empty()) text += " ";
                                         if (allow) text += "@";
                                         text.append(entry.list).append(":");
                                         if (entry.scope == EntryScope::kSubtree) text += ".";
                                         text.append(entry.name);
                                         return true;
                                       }));
    }
    return text;
  }

  FakeDynamoDb fake_;
  LoopbackServer::Handler fault_;
  LoopbackServer server_;
  std::unique_ptr<AwsSession> session_;
  DynamoDb dynamodb_;
  DynamoDbTable table_;
  ListUpdate update_;
  std::string pattern_;
};

TEST_F(DynamoDbTableTest, KeptRegisteredANameBecomesItsFirstLevelDomain) {
  EXPECT_EQ(update({".bad.net", "evil.com", "www.evil.com", "www.ugly.co.uk"}),
            "3 new, 0 there, 0 removed, 1 repeated");
  EXPECT_EQ(contents(), "ads:.bad.net ads:.evil.com ads:.ugly.co.uk");
}

TEST_F(DynamoDbTableTest, KeptListedANameStaysAsItIs) {
  update_.keep = EntryKeep::kListed;
  EXPECT_EQ(update({"evil.com", "www.evil.com", "@.good.com"}), "3 new, 0 there, 0 removed, 0 repeated");
  EXPECT_EQ(contents(), "ads:evil.com ads:www.evil.com @ads:.good.com");
}

TEST_F(DynamoDbTableTest, AnUpdateKeepsWhatOthersWrote) {
  fake_.put(json{{"domainName", {{"S", "evil.com"}}}, {"owner", {{"S", "alice"}}}});
  update_.note = "by feed";
  EXPECT_EQ(update({"evil.com"}), "1 new, 0 there, 0 removed, 0 repeated");
  EXPECT_EQ(contents(), "ads:evil.com manual:.evil.com");
  update_.list = "more";
  update_.now = 2000;
  update_.note.reset();
  EXPECT_EQ(update({".evil.com"}), "1 new, 0 there, 0 removed, 0 repeated");
  update_.list = "ads";
  EXPECT_EQ(update({"evil.com"}), "0 new, 1 there, 0 removed, 0 repeated");
  const json& item = fake_.items().at("evil.com");
  EXPECT_EQ(item["owner"]["S"], "alice");
  EXPECT_EQ(item["lists"]["M"]["ads"]["M"]["firstSeen"]["N"], "1000");
  EXPECT_EQ(item["lists"]["M"]["ads"]["M"]["lastSeen"]["N"], "2000");
  EXPECT_EQ(item["lists"]["M"]["ads"]["M"]["note"]["S"], "by feed");
  EXPECT_EQ(item["scope"]["S"], "subtree");
  const Result<std::vector<StoredEntry>> entries = table_.find_entries("evil.com");
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->size(), 3U);
}

TEST_F(DynamoDbTableTest, ManyEntriesAreReadByHundredsAndWrittenByTwentyFives) {
  std::vector<std::string> names;
  for (int i = 10000; i < 13001; ++i) names.push_back(numbered(i));
  EXPECT_EQ(update(names), "3001 new, 0 there, 0 removed, 0 repeated");
  EXPECT_EQ(fake_.items().size(), 3001U);
  EXPECT_EQ(fake_.requests("BatchGetItem"), 31U);
  EXPECT_EQ(fake_.requests("BatchWriteItem"), 121U);
  update_.now = 2000;
  EXPECT_EQ(update(names), "0 new, 3001 there, 0 removed, 0 repeated");
}

TEST_F(DynamoDbTableTest, ADryRunCountsAndWritesNothing) {
  update({"evil.com"});
  update_.dry_run = true;
  update_.now = 2000;
  EXPECT_EQ(update({"bad.com", "evil.com"}), "1 new, 1 there, 0 removed, 0 repeated");
  EXPECT_EQ(contents(), "ads:evil.com");
  EXPECT_EQ(fake_.items().at("evil.com")["lastSeen"]["N"], "1000");
}

TEST_F(DynamoDbTableTest, AMirrorTakesTheListOutAndDeletesWhatNoListHolds) {
  fake_.set_page_size(2);
  update({"a.com", "b.com", "c.com", "d.com", "@good.com"});
  update_.list = "other";
  update({"d.com"});
  update_.list = "ads";
  update_.mirror = true;
  update_.now = 2000;
  update_.dry_run = true;
  EXPECT_EQ(update({"a.com", "b.com", "e.com", "@good.com"}), "1 new, 3 there, 2 removed, 0 repeated");
  EXPECT_EQ(contents(), "ads:a.com ads:b.com ads:c.com ads:d.com other:d.com @ads:good.com");
  update_.dry_run = false;
  EXPECT_EQ(update({"a.com", "b.com", "e.com", "@good.com"}), "1 new, 3 there, 2 removed, 0 repeated");
  EXPECT_EQ(contents(), "ads:a.com ads:b.com other:d.com ads:e.com @ads:good.com");
}

TEST_F(DynamoDbTableTest, AMirrorThatWouldHalveTheListChangesNothing) {
  update({"a.com", "b.com", "c.com"});
  update_.mirror = true;
  EXPECT_NE(update({"z.com"}).find("would shrink from 3 to 1"), std::string::npos);
  EXPECT_NE(update({}).find("would shrink from 3 to 0"), std::string::npos);
  EXPECT_EQ(contents(), "ads:a.com ads:b.com ads:c.com");
  update_.force = true;
  EXPECT_EQ(update({"z.com"}), "1 new, 0 there, 3 removed, 0 repeated");
}

TEST_F(DynamoDbTableTest, AMirrorOfAListThatCannotBeReadChangesNothing) {
  update({"a.com"});
  update_.mirror = true;
  EXPECT_EQ(update({"a.com", "b.com", "!"}), "the list cannot be read");
  EXPECT_EQ(contents(), "ads:a.com");
}

TEST_F(DynamoDbTableTest, RemovesFromOneListOrFromAll) {
  update({"a.com", "b.com", "@good.com"});
  update_.list = "other";
  update({"a.com"});
  EXPECT_EQ(*table_.remove({"a.com", "x.com"}, "other", false), (std::vector<uint64_t>{1, 0}));
  EXPECT_EQ(contents(), "ads:a.com ads:b.com @ads:good.com");
  update({"a.com"});
  EXPECT_EQ(*table_.remove({"a.com", "good.com", "allow#good.com", "a.com"}, "", false),
            (std::vector<uint64_t>{2, 0, 0, 0}));
  EXPECT_EQ(*table_.remove({"good.com"}, "", true), (std::vector<uint64_t>{1}));
  EXPECT_EQ(contents(), "ads:b.com");
}

TEST_F(DynamoDbTableTest, ListsAreCounted) {
  update({"a.com", "b.com"});
  update_.expires = 5;
  update({"@good.com"});
  fake_.put(json{{"domainName", {{"S", "hand.com"}}}});
  const Result<std::vector<ListSummary>> lists = table_.lists();
  ASSERT_TRUE(lists);
  ASSERT_EQ(lists->size(), 2U);
  EXPECT_EQ((*lists)[0].name, "ads");
  EXPECT_EQ((*lists)[0].entries, 2U);
  EXPECT_EQ((*lists)[0].allow_entries, 1U);
  EXPECT_EQ((*lists)[0].expired, 1U);
  EXPECT_EQ((*lists)[0].last_import, 1000);
  EXPECT_EQ((*lists)[1].name, "manual");
  std::string names;
  EXPECT_TRUE(table_.visit_names(false, [&](std::string_view name) {
    names.append(name) += " ";
    return names.size() < 10;
  }));
  EXPECT_EQ(names, "a.com b.com ");
}

TEST_F(DynamoDbTableTest, PatternsAreReadAsSqliteTableReadsThem) {
  update({"evil.com", "xn--e1afmkfd.xn--p1ai", "z.net"});
  for (const auto& [pattern, found] : std::vector<std::pair<std::string, std::string>>{
           {"VIL", "ads:evil.com"},
           {"*.NET", "ads:z.net"},
           {"?.net", "ads:z.net"},
           {"?.com", ""},
           {"\xD0\xBF\xD1\x80\xD0\xB8\xD0\xBC\xD0\xB5\xD1\x80.\xD1\x80\xD1\x84",
            "ads:xn--e1afmkfd.xn--p1ai"}}) {
    pattern_ = pattern;
    EXPECT_EQ(contents(), found) << pattern;
  }
}

TEST_F(DynamoDbTableTest, NamesThatAreNoneAreFound) {
  for (const char* name : {"host.lan", "10.0.0.1", "evil.com"})
    fake_.put(json{{"domainName", {{"S", name}}}});
  std::string found;
  EXPECT_TRUE(table_.visit_bad_rows(
      SuffixTable::built_in(), [&](const BadRow& row) { found += row.name + ": " + row.reason + "; "; }));
  EXPECT_EQ(found, "10.0.0.1: an IP address; host.lan: no valid top-level domain; ");
}

TEST_F(DynamoDbTableTest, TellsAnEmptyTable) {
  EXPECT_TRUE(*table_.is_empty());
  update({"evil.com", "bad.com"});
  EXPECT_FALSE(*table_.is_empty());
  EXPECT_EQ(table_.describe()->item_count, 2);
}

TEST_F(DynamoDbTableTest, WhatIsThrottledIsWrittenInTheEnd) {
  std::mutex mutex;
  std::map<std::string, int> tries;  // by request
  fault_ = [&](const LoopbackRequest& request) {
    const std::lock_guard lock(mutex);
    const int number = ++tries[request.body];
    if (number == 1)
      return LoopbackReply::with(
          400, R"({"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow"})");
    if (number == 2) return LoopbackReply::with(500, "");
    return fake_.answer(request);
  };
  std::vector<std::string> names;
  for (int i = 1000; i < 1300; ++i) names.push_back(numbered(i));
  EXPECT_EQ(update(names), "300 new, 0 there, 0 removed, 0 repeated");
  EXPECT_EQ(fake_.items().size(), 300U);
}

TEST_F(DynamoDbTableTest, WhatIsLeftOverForEverIsAnErrorThatSaysSo) {
  fake_.leave_over({"b.com"});
  const std::string error = update({"a.com", "b.com"});
  EXPECT_NE(error.find("a part of the list ads may be written"), std::string::npos) << error;
  fake_.leave_over({});
  update_.now = 2000;
  EXPECT_EQ(update({"a.com", "b.com"}), "2 new, 0 there, 0 removed, 0 repeated");
}

TEST_F(DynamoDbTableTest, AWriterThatStopsSaysHowFarItCame) {
  fault_ = [&](const LoopbackRequest& request) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return fake_.answer(request);
  };
  std::vector<std::string> names;
  for (int i = 1000; i < 5000; ++i) names.push_back(numbered(i / 2));  // each twice
  size_t begin = 0;
  ListUpdateCounts total;
  for (const size_t adds : {size_t{3}, size_t{1500}, names.size()}) {
    DynamoDbListWriter writer(dynamodb_, "t", update_, SuffixTable::built_in(), {.goes_on = true});
    const size_t end = std::min(names.size(), begin + adds);
    for (size_t i = begin; i < end; ++i)
      ASSERT_TRUE(writer.add({.name = names[i], .scope = EntryScope::kExact, .allow = false}));
    if (end == names.size()) {
      ASSERT_TRUE(writer.finish());
      begin = end;
    } else {
      const Result<uint64_t> done = writer.stop();
      ASSERT_TRUE(done);
      EXPECT_LE(*done, end - begin);
      begin += *done;
    }
    total.added += writer.counts().added;
    total.already_there += writer.counts().already_there;
    total.repeated += writer.counts().repeated;
  }
  EXPECT_EQ(fake_.items().size(), 2000U);
  EXPECT_EQ(total.added, 2000U);
  EXPECT_EQ(total.already_there, 0U);
  EXPECT_EQ(total.repeated, 2000U);
}

TEST_F(DynamoDbTableTest, AFailureStopsTheUpdate) {
  fault_ = [](const LoopbackRequest&) {
    return LoopbackReply::with(400, R"({"__type":"x#ResourceNotFoundException","message":"no such table"})");
  };
  std::vector<std::string> names;
  for (int i = 0; i < 20000; ++i) names.push_back(numbered(100000 + i));
  EXPECT_NE(update(names).find("ResourceNotFoundException"), std::string::npos);
  EXPECT_LE(server_.requests().size(), 40U);
}

}  // namespace
}  // namespace querymark
