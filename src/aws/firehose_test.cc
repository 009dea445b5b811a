// SPDX-License-Identifier: Apache-2.0
#include "aws/firehose.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "aws/aws_test_session.h"
#include "aws/firehose_reply.h"

namespace querymark {
namespace {

using nlohmann::json;

// Takes the records that `takes` says it does, by their base64.
template <typename Takes>
LoopbackReply answer(const LoopbackRequest& request, const Takes& takes) {
  json reply = {{"FailedPutCount", 0}, {"RequestResponses", json::array()}};
  const json sent = json::parse(request.body);
  for (const json& record : sent["Records"]) {
    if (takes(record["Data"].get<std::string>())) {
      reply["RequestResponses"].push_back(json::object({{"RecordId", "r"}}));
    } else {
      reply["RequestResponses"].push_back(
          json::object({{"ErrorCode", "ServiceUnavailableException"}, {"ErrorMessage", "slow"}}));
    }
  }
  return LoopbackReply::with(200, reply.dump());
}

class FirehoseTest : public ::testing::Test {
 protected:
  void serve(LoopbackServer::Handler handler) {
    server_ = std::make_unique<LoopbackServer>(std::move(handler));
    session_ = session_with(*server_);
    firehose_ = std::make_unique<Firehose>(*Firehose::open(*session_, kTestRetries));
  }
  std::string put(const std::vector<std::string_view>& records) {
    const SendOutcome outcome = firehose_->put_records("logs", records, Deadline::never());
    std::string text = std::to_string(outcome.requests) + " requests\n";
    for (const auto& failure : outcome.failures) {
      text += std::to_string(failure.index) + " " + failure.error.detail + "\n";
    }
    return text;
  }

  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::unique_ptr<Firehose> firehose_;
};

TEST_F(FirehoseTest, SpeaksTheWireFormat) {
  serve([](const LoopbackRequest& request) {
    return answer(request, [](const std::string&) { return true; });
  });
  EXPECT_EQ(put({"foo", "", "ba"}), "1 requests\n");
  const LoopbackRequest request = server_->requests().at(0);
  EXPECT_EQ(request.body,
            R"({"DeliveryStreamName":"logs","Records":[{"Data":"Zm9v"},{"Data":""},{"Data":"YmE="}]})");
  EXPECT_EQ(request.header("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(request.header("X-Amz-Target"), "Firehose_20150804.PutRecordBatch");
}

TEST_F(FirehoseTest, BatchesAreBoundedInRecordsAndBytes) {
  serve([](const LoopbackRequest& request) {
    return answer(request, [](const std::string&) { return true; });
  });
  EXPECT_EQ(put({}), "0 requests\n");
  EXPECT_EQ(put(std::vector<std::string_view>(500, "x")), "1 requests\n");
  EXPECT_EQ(put(std::vector<std::string_view>(501, "x")), "2 requests\n");
  const std::string large(kFirehoseRecordSizeMax, 'x');
  EXPECT_EQ(put(std::vector<std::string_view>(3, large)), "1 requests\n");
  EXPECT_EQ(put(std::vector<std::string_view>(4, large)), "2 requests\n");
  EXPECT_EQ(put({large, large + "x", "y"}), "1 requests\n1 Firehose: record of 1024001 bytes\n");
}

TEST_F(FirehoseTest, OnlyRecordsThatWereNotTakenAreSentAgain) {
  serve([](const LoopbackRequest& request) {
    return answer(request, [&](const std::string& data) { return request.number > 0 || data != "Yg=="; });
  });
  EXPECT_EQ(put({"a", "b", "c"}), "2 requests\n");
  EXPECT_EQ(server_->requests().at(1).body, R"({"DeliveryStreamName":"logs","Records":[{"Data":"Yg=="}]})");
}

TEST_F(FirehoseTest, RecordsThatAreNeverTakenAreNamed) {
  serve([](const LoopbackRequest& request) {
    return answer(request, [](const std::string& data) { return data != "Yg=="; });
  });
  EXPECT_EQ(put({"a", "b", "c"}),
            "4 requests\n1 Firehose PutRecordBatch: ServiceUnavailableException: slow\n");
  serve([](const LoopbackRequest&) {
    return LoopbackReply::with(400, R"({"__type":"ResourceNotFoundException"})");
  });
  EXPECT_EQ(put({"a", "b"}),
            "1 requests\n0 Firehose PutRecordBatch: ResourceNotFoundException (HTTP 400)\n"
            "1 Firehose PutRecordBatch: ResourceNotFoundException (HTTP 400)\n");
}

TEST(FirehoseReply, MustSpeakOfEveryRecord) {
  for (const char* body : {"", "[]", "{}", R"({"RequestResponses":[]})", R"({"RequestResponses":[{}]})",
                           R"({"RequestResponses":[{"RecordId":"a"},{"RecordId":"b"}]})"}) {
    EXPECT_FALSE(read_put_record_batch_reply(body, 1)) << body;
  }
  EXPECT_TRUE(read_put_record_batch_reply(R"({"RequestResponses":[{"RecordId":"a"}]})", 1));
}

}  // namespace
}  // namespace querymark
