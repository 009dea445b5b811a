// SPDX-License-Identifier: Apache-2.0
#include "aws/dynamodb.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "aws/aws_test_session.h"
#include "aws/digest.h"
#include "aws/dynamodb_reply.h"
#include "aws/dynamodb_request.h"

namespace querymark {
namespace {

using nlohmann::json;

Item key(const std::string& name) {
  Item item;
  item.emplace("domainName", AttributeValue::string(name));
  return item;
}

std::vector<Item> keys(size_t count) {
  std::vector<Item> result;
  for (size_t i = 0; i < count; ++i) result.push_back(key(std::string("d").append(std::to_string(i))));
  return result;
}

LoopbackReply reply_with_crc(const std::string& body) {
  return LoopbackReply::with(200, body, {{"x-amz-crc32", std::to_string(crc32(body))}});
}

// What BatchGetItem answers when every key has an item and those that `left` chooses are left over.
template <typename Left>
std::string batch_get_answer(const std::string& body, const Left& left) {
  json answer = {{"Responses", {{"t", json::array()}}}, {"UnprocessedKeys", json::object()}};
  const json request = json::parse(body);
  for (const json& one : request["RequestItems"]["t"]["Keys"]) {
    if (left(one)) {
      answer["UnprocessedKeys"]["t"]["Keys"].push_back(one);
    } else {
      answer["Responses"]["t"].push_back(one);
    }
  }
  return answer.dump();
}

class DynamoDbTest : public ::testing::Test {
 protected:
  void serve(LoopbackServer::Handler handler) {
    server_ = std::make_unique<LoopbackServer>(std::move(handler));
    session_ = session_with(*server_);
    dynamodb_ = std::make_unique<DynamoDb>(*DynamoDb::open(*session_, kTestRetries));
  }
  size_t requests() const { return server_->requests().size(); }

  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::unique_ptr<DynamoDb> dynamodb_;
};

TEST_F(DynamoDbTest, GetItemSpeaksTheWireFormat) {
  serve([](const LoopbackRequest&) {
    return reply_with_crc(R"({"Item":{"domainName":{"S":"evil.com"},"expires":{"N":"17"}}})");
  });
  const auto item =
      dynamodb_->get_item("t", key("evil.com"), {{"domainName", "expires"}, true}, Deadline::never());
  ASSERT_TRUE(item) << item.error().detail;
  ASSERT_TRUE(*item);
  EXPECT_EQ(find_string(**item, "domainName"), "evil.com");
  EXPECT_EQ(find_number(**item, "expires"), 17);
  EXPECT_EQ(find_number(**item, "domainName"), std::nullopt);
  const LoopbackRequest request = server_->requests().at(0);
  EXPECT_EQ(request.method + request.target, "POST/");
  EXPECT_EQ(request.header("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(request.header("X-Amz-Target"), "DynamoDB_20120810.GetItem");
  EXPECT_EQ(request.header("Accept-Encoding"), "identity");
  EXPECT_EQ(json::parse(request.body),
            json::parse(R"({"TableName":"t","Key":{"domainName":{"S":"evil.com"}},"ConsistentRead":true,
                            "ProjectionExpression":"#a0,#a1",
                            "ExpressionAttributeNames":{"#a0":"domainName","#a1":"expires"}})"));
}

TEST_F(DynamoDbTest, AnItemThatIsNotThereIsNothing) {
  serve([](const LoopbackRequest&) { return reply_with_crc("{}"); });
  const auto item = dynamodb_->get_item("t", key("a"), {}, Deadline::never());
  ASSERT_TRUE(item);
  EXPECT_EQ(*item, std::nullopt);
}

TEST_F(DynamoDbTest, DamagedRepliesAreAskedForAgain) {
  const std::string good = R"({"Item":{"domainName":{"S":"a"}}})";
  const LoopbackReply damaged[] = {
      LoopbackReply::with(200, good, {{"x-amz-crc32", "1"}}),
      LoopbackReply::with(200, good, {{"x-amz-crc32", "many"}}),
      LoopbackReply::with(200, good.substr(0, 10)),
      reply_with_crc("<html>"),
      reply_with_crc(R"({"Item":{"domainName":"a"}})"),
  };
  for (const LoopbackReply& reply : damaged) {
    serve([&](const LoopbackRequest& request) { return request.number == 0 ? reply : reply_with_crc(good); });
    EXPECT_TRUE(dynamodb_->get_item("t", key("a"), {}, Deadline::never())) << reply.bytes;
    EXPECT_EQ(requests(), 2u) << reply.bytes;
  }
  serve([&](const LoopbackRequest&) { return damaged[0]; });
  const auto item = dynamodb_->get_item("t", key("a"), {}, Deadline::never());
  EXPECT_EQ(item.error().code, Errc::kBusy);
  EXPECT_EQ(item.error().detail,
            "DynamoDB GetItem: reply damaged: its CRC-32 is another than it says, attempt 4");
}

TEST_F(DynamoDbTest, BatchGetAsksForAHundredKeysAtATime) {
  for (const size_t count : {0, 1, 99, 100, 101, 250}) {
    serve([](const LoopbackRequest& request) {
      return reply_with_crc(batch_get_answer(request.body, [](const json&) { return false; }));
    });
    const BatchGetOutcome outcome = dynamodb_->batch_get_items("t", keys(count), {}, Deadline::never());
    EXPECT_FALSE(outcome.error) << outcome.error->detail;
    EXPECT_EQ(outcome.items.size(), count);
    EXPECT_TRUE(outcome.unprocessed.empty());
    EXPECT_EQ(outcome.requests, (count + 99) / 100);
    EXPECT_EQ(requests(), outcome.requests);
  }
}

TEST_F(DynamoDbTest, WhatIsLeftOverIsAskedForAgain) {
  serve([](const LoopbackRequest& request) {
    size_t number = 0;
    return reply_with_crc(batch_get_answer(request.body, [&](const json&) { return number++ % 2 == 1; }));
  });
  const BatchGetOutcome outcome = dynamodb_->batch_get_items("t", keys(150), {}, Deadline::never());
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.items.size(), 150u);
  std::set<std::string> names;
  for (const Item& item : outcome.items) names.emplace(*find_string(item, "domainName"));
  EXPECT_EQ(names.size(), 150u);
}

TEST_F(DynamoDbTest, KeysThatAreLeftOverForEverAreNamedAndTheOthersFound) {
  serve([](const LoopbackRequest& request) {
    return reply_with_crc(
        batch_get_answer(request.body, [](const json& one) { return one["domainName"]["S"] == "d7"; }));
  });
  const BatchGetOutcome outcome = dynamodb_->batch_get_items("t", keys(20), {}, Deadline::never());
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Errc::kBusy);
  EXPECT_EQ(outcome.items.size(), 19u);
  EXPECT_EQ(outcome.unprocessed, std::vector<Item>{key("d7")});
  EXPECT_LE(outcome.requests, 1u + 4u);
}

TEST_F(DynamoDbTest, ADeadlineInTheMiddleOfABatchLeavesTheRest) {
  serve([](const LoopbackRequest& request) {
    LoopbackReply reply = reply_with_crc(batch_get_answer(request.body, [](const json&) { return false; }));
    if (request.number == 1) return LoopbackReply::stall();
    return reply;
  });
  const BatchGetOutcome outcome =
      dynamodb_->batch_get_items("t", keys(300), {}, Deadline::after(std::chrono::seconds(1)));
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.items.size(), 100u);
  EXPECT_EQ(outcome.unprocessed.size(), 200u);
}

TEST_F(DynamoDbTest, AnErrorLeavesAllKeysUnprocessed) {
  serve([](const LoopbackRequest&) {
    return LoopbackReply::with(400, R"({"__type":"x#AccessDeniedException","Message":"no"})");
  });
  const BatchGetOutcome outcome = dynamodb_->batch_get_items("t", keys(3), {}, Deadline::never());
  EXPECT_EQ(outcome.error->code, Errc::kDenied);
  EXPECT_EQ(outcome.unprocessed.size(), 3u);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(DynamoDbTest, BatchWriteSendsTwentyFiveAtATimeAndWhatIsLeftOver) {
  std::set<std::string> written;
  serve([&written](const LoopbackRequest& request) {
    json answer = {{"UnprocessedItems", json::object()}};
    size_t number = 0;
    const json sent = json::parse(request.body);
    for (const json& write : sent["RequestItems"]["t"]) {
      if (++number > 20) {
        answer["UnprocessedItems"]["t"].push_back(write);
      } else {
        written.insert(write.dump());
      }
    }
    return reply_with_crc(answer.dump());
  });
  std::vector<ItemWrite> writes;
  for (Item& item : keys(60)) {
    writes.push_back(
        {writes.size() % 3 == 0 ? ItemWrite::Kind::kDelete : ItemWrite::Kind::kPut, std::move(item)});
  }
  const BatchWriteOutcome outcome = dynamodb_->batch_write_items("t", writes, Deadline::never());
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(written.size(), 60u);
  EXPECT_TRUE(written.count(R"({"DeleteRequest":{"Key":{"domainName":{"S":"d0"}}}})") == 1);
  EXPECT_TRUE(written.count(R"({"PutRequest":{"Item":{"domainName":{"S":"d1"}}}})") == 1);
  EXPECT_EQ(requests(), 3u);
}

TEST_F(DynamoDbTest, WritesThatAreLeftOverForEverAreGivenBack) {
  serve([](const LoopbackRequest& request) {
    return reply_with_crc(json{{"UnprocessedItems", json::parse(request.body)["RequestItems"]}}.dump());
  });
  const std::vector<ItemWrite> writes = {{ItemWrite::Kind::kPut, key("a")},
                                         {ItemWrite::Kind::kDelete, key("b")}};
  const BatchWriteOutcome outcome = dynamodb_->batch_write_items("t", writes, Deadline::never());
  EXPECT_EQ(outcome.error->code, Errc::kBusy);
  ASSERT_EQ(outcome.unprocessed.size(), 2u);
  EXPECT_EQ(outcome.unprocessed[1].kind, ItemWrite::Kind::kDelete);
  EXPECT_EQ(outcome.requests, 4u);
}

TEST_F(DynamoDbTest, ScanGoesOnWhileThereIsALastKeyEvenWhereAPageIsEmpty) {
  serve([](const LoopbackRequest& request) {
    switch (request.number) {
      case 0:
        return reply_with_crc(
            R"({"Items":[{"domainName":{"S":"a"}}],"LastEvaluatedKey":{"domainName":{"S":"a"}}})");
      case 1:
        return reply_with_crc(R"({"Items":[],"LastEvaluatedKey":{"domainName":{"S":"b"}}})");
      default:
        return reply_with_crc(R"({"Items":[{"domainName":{"S":"c"}}]})");
    }
  });
  std::string names;
  ScanOptions options;
  options.segment = 1;
  options.segments = 4;
  const Result<void> done = dynamodb_->scan(
      "t", options,
      [&names](const std::vector<Item>& items) -> Result<void> {
        for (const Item& item : items) names += *find_string(item, "domainName");
        return {};
      },
      Deadline::never());
  EXPECT_TRUE(done);
  EXPECT_EQ(names, "ac");
  EXPECT_EQ(
      server_->requests().at(2).body,
      R"({"TableName":"t","Segment":1,"TotalSegments":4,"ExclusiveStartKey":{"domainName":{"S":"b"}}})");
}

TEST_F(DynamoDbTest, UpdateCarriesItsExpressionAndAConditionThatFailsIsStale) {
  serve([](const LoopbackRequest& request) {
    if (request.number == 0) return reply_with_crc(R"({"Attributes":{"n":{"N":"2"}}})");
    return LoopbackReply::with(400, R"({"__type":"x#ConditionalCheckFailedException","message":"m"})");
  });
  Expression expression{"SET #n = :v", "attribute_exists(#n)", {{"#n", "n"}}, {}};
  expression.values.emplace(":v", AttributeValue::number(2));
  const auto item =
      dynamodb_->update_item("t", key("a"), expression, ReturnValues::kAllNew, Deadline::never());
  EXPECT_EQ(find_number(**item, "n"), 2);
  EXPECT_EQ(json::parse(server_->requests().at(0).body),
            json::parse(R"j({"TableName":"t","Key":{"domainName":{"S":"a"}},"UpdateExpression":"SET #n = :v",
                            "ConditionExpression":"attribute_exists(#n)","ExpressionAttributeNames":{"#n":"n"},
                            "ExpressionAttributeValues":{":v":{"N":"2"}},"ReturnValues":"ALL_NEW"})j"));
  EXPECT_EQ(
      dynamodb_->update_item("t", key("a"), expression, ReturnValues::kNone, Deadline::never()).error().code,
      Errc::kStale);
}

TEST_F(DynamoDbTest, TextThatIsNotUtf8IsNotSent) {
  serve([](const LoopbackRequest&) { return reply_with_crc("{}"); });
  EXPECT_EQ(dynamodb_->put_item("t", key("\xff"), {}, Deadline::never()).error().code, Errc::kInvalid);
  EXPECT_EQ(requests(), 0u);
}

// Whatever somebody else put into an item comes back as it was.
TEST(DynamoDbItem, EveryTypeComesBack) {
  const std::string item =
      R"({"b":{"B":"AAH/"},"bs":{"BS":["AA==","AQ=="]},"l":{"L":[{"S":"x"},{"N":"-1.5E+3"},{"L":[]}]},)"
      R"("m":{"M":{"a b":{"BOOL":false},"n":{"NULL":true}}},"n":{"N":"123456789012345678901234567890"},)"
      R"("ns":{"NS":["1","2.50"]},"s":{"S":"q\"\\\u0001/\u00e9\ud83d\ude00"},"ss":{"SS":["a",""]},"t":{"BOOL":true}})";
  const auto read = read_item_reply("{\"Item\":" + item + "}", "Item");
  ASSERT_TRUE(read) << read.error().detail;
  std::string written;
  append_item(written, **read);
  EXPECT_EQ(json::parse(written), json::parse(item));
}

TEST(DynamoDbReply, WhatIsNotOfTheFormIsCorrupt) {
  std::string deep = R"({"S":"x"})";
  for (int i = 0; i < 60; ++i) deep.insert(0, "{\"L\":[").append("]}");
  const std::string bodies[] = {
      "",
      "[]",
      "null",
      R"({"Item":[]})",
      R"({"Item":{"a":{}}})",
      R"({"Item":{"a":{"S":"x"},"a":{"S":"x"}}})",
      R"({"Item":{"a":{"S":"x","N":"1"}}})",
      R"({"Item":{"a":{"S":1}}})",
      R"({"Item":{"a":{"X":"1"}}})",
      R"({"Item":{"a":{"B":"*"}}})",
      R"({"Item":{"a":{"BOOL":"true"}}})",
      R"({"Item":{"a":{"SS":"x"}}})",
      "{\"Item\":{\"a\":" + deep + "}}",
  };
  for (const std::string& body : bodies) {
    EXPECT_EQ(read_item_reply(body, "Item").error().code, Errc::kCorrupt) << body;
  }
  EXPECT_FALSE(read_batch_get_reply("{}", "t"));
  EXPECT_FALSE(read_batch_get_reply(R"({"Responses":{},"UnprocessedKeys":{"t":{}}})", "t"));
  EXPECT_FALSE(read_batch_write_reply(R"({"UnprocessedItems":{"t":[{}]}})", "t"));
  EXPECT_FALSE(read_scan_reply("{}"));
  EXPECT_FALSE(read_describe_table_reply(R"({"Table":{}})"));
}

TEST(DynamoDbReply, DescribesATable) {
  const auto table = read_describe_table_reply(
      R"({"Table":{"TableStatus":"ACTIVE","ItemCount":7,"KeySchema":[{"AttributeName":"domainName","KeyType":"HASH"},)"
      R"({"AttributeName":"at","KeyType":"RANGE"}],"AttributeDefinitions":[{"AttributeName":"at","AttributeType":"N"},)"
      R"({"AttributeName":"domainName","AttributeType":"S"}]}})");
  ASSERT_TRUE(table) << table.error().detail;
  EXPECT_EQ(table->status, "ACTIVE");
  EXPECT_EQ(table->item_count, 7);
  ASSERT_EQ(table->key.size(), 2u);
  EXPECT_EQ(table->key[0].name + table->key[0].type, "domainNameS");
  EXPECT_TRUE(table->key[0].is_hash);
  EXPECT_FALSE(table->key[1].is_hash);
}

}  // namespace
}  // namespace querymark
