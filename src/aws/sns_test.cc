// SPDX-License-Identifier: Apache-2.0
#include "aws/sns.h"

#include <gtest/gtest.h>

#include "aws/aws_test_session.h"
#include "aws/sns_reply.h"

namespace querymark {
namespace {

constexpr const char* kTopic = "arn:aws:sns:us-east-2:123456789012:matches";

class SnsTest : public ::testing::Test {
 protected:
  void serve(LoopbackServer::Handler handler) {
    server_ = std::make_unique<LoopbackServer>(std::move(handler));
    session_ = session_with(*server_);
    sns_ = std::make_unique<Sns>(*Sns::open(*session_, kTopic, kTestRetries));
  }

  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::unique_ptr<Sns> sns_;
};

// The ids of the entries of a PublishBatch request.
std::vector<std::string> entry_ids(const std::string& body) {
  std::vector<std::string> ids;
  for (size_t at = body.find(".Id="); at != std::string::npos; at = body.find(".Id=", at + 1)) {
    ids.push_back(body.substr(at + 4, body.find('&', at) - at - 4));
  }
  return ids;
}

LoopbackReply batch_reply(const std::string& successful, const std::string& failed) {
  return LoopbackReply::with(200,
                             "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"
                             "<PublishBatchResult><Failed>" +
                                 failed + "</Failed><Successful>" + successful +
                                 "</Successful></PublishBatchResult></PublishBatchResponse>");
}

std::string member(const std::string& id, const std::string& more = "<MessageId>m</MessageId>") {
  return "<member><Id>" + id + "</Id>" + more + "</member>";
}

std::vector<SnsMessage> messages(size_t count, size_t size = 10) {
  std::vector<SnsMessage> result;
  for (size_t i = 0; i < count; ++i) result.push_back({.message = std::string(size, 'x')});
  return result;
}

std::string line(const SendOutcome& outcome) {
  std::string text;
  for (const auto& failure : outcome.failures) {
    text += std::to_string(failure.index) + " " + failure.error.detail + "\n";
  }
  return text;
}

TEST_F(SnsTest, ListsAreAttributesOfTheirOwnType) {
  serve([](const LoopbackRequest&) {
    return LoopbackReply::with(200,
                               "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult>"
                               "</PublishResponse>");
  });
  const SnsMessage message = {
      .message = "m", .attributes = {{"a", "b"}}, .list_attributes = {{"lists", {"ads", "x \"2\""}}}};
  EXPECT_EQ(message.size(), 1 + (1 + 6 + 1) + (5 + 12 + std::string_view(R"(["ads","x \"2\""])").size()));
  ASSERT_TRUE(sns_->publish(message, Deadline::never()));
  EXPECT_NE(server_->requests().at(0).body.find(
                "MessageAttributes.entry.2.Name=lists&MessageAttributes.entry.2.Value.DataType=String.Array&"
                "MessageAttributes.entry.2.Value.StringValue=%5B%22ads%22%2C%22x+%5C%222%5C%22%22%5D"),
            std::string::npos)
      << server_->requests().at(0).body;
}

TEST_F(SnsTest, PublishSpeaksTheQueryProtocolInTheTopicsRegion) {
  serve([](const LoopbackRequest&) {
    return LoopbackReply::with(200,
                               "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult>"
                               "</PublishResponse>");
  });
  const Result<std::string> id = sns_->publish(
      {.subject = "A subject", .message = "{\"a\":\"b&c\"}", .attributes = {{"rcode", "NOERROR"}}},
      Deadline::never());
  ASSERT_TRUE(id) << id.error().detail;
  EXPECT_EQ(*id, "m-1");
  const LoopbackRequest request = server_->requests().at(0);
  EXPECT_EQ(
      request.body,
      "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aus-east-2%3A123456789012%3Amatches&"
      "Message=%7B%22a%22%3A%22b%26c%22%7D&Subject=A+subject&MessageAttributes.entry.1.Name=rcode&"
      "MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=NOERROR");
  EXPECT_EQ(request.header("Content-Type"), "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_NE(request.header("Authorization").find("/us-east-2/sns/"), std::string_view::npos);
}

TEST_F(SnsTest, WhatSnsWouldRefuseIsNotSent) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(500, ""); });
  SnsMessage message{.message = std::string(kSnsMessageSizeMax - 8, 'x'), .attributes = {{"a", "b"}}};
  EXPECT_EQ(message.size(), kSnsMessageSizeMax);
  message.message += "x";
  EXPECT_EQ(sns_->publish(message, Deadline::never()).error().code, Errc::kLimit);
  EXPECT_EQ(sns_->publish({.message = ""}, Deadline::never()).error().code, Errc::kInvalid);
  EXPECT_EQ(sns_->publish({.message = "\xff"}, Deadline::never()).error().code, Errc::kInvalid);
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(SnsTest, BatchesHoldTenMessagesAndAQuarterOfAMebibyte) {
  const struct {
    size_t count;
    size_t size;
    size_t requests;
  } cases[] = {{0, 1, 0}, {1, 1, 1}, {10, 1, 1}, {11, 1, 2}, {4, 131072, 2}, {4, 131073, 4}, {2, 262144, 2}};
  for (const auto& c : cases) {
    serve([](const LoopbackRequest& request) {
      std::string successful;
      for (const std::string& id : entry_ids(request.body)) successful += member(id);
      return batch_reply(successful, "");
    });
    const SendOutcome outcome = sns_->publish_all(messages(c.count, c.size), Deadline::never());
    EXPECT_EQ(line(outcome), "");
    EXPECT_EQ(outcome.requests, c.requests) << c.count << " of " << c.size;
  }
}

TEST_F(SnsTest, OnlyWhatFailedThroughNoFaultOfItsOwnIsSentAgain) {
  serve([](const LoopbackRequest& request) {
    if (request.number == 0) {
      return batch_reply(member("0"),
                         member("1",
                                "<Code>InvalidParameter</Code><Message>bad</Message>"
                                "<SenderFault>true</SenderFault>") +
                             member("2", "<Code>InternalError</Code><SenderFault>false</SenderFault>"));
    }
    return batch_reply(member("2") + member("3"), "");
  });
  const SendOutcome outcome = sns_->publish_all(messages(4), Deadline::never());
  EXPECT_EQ(line(outcome), "1 SNS PublishBatch: InvalidParameter: bad\n");
  EXPECT_EQ(entry_ids(server_->requests().at(1).body), (std::vector<std::string>{"2", "3"}))
      << "message 3 was not spoken of";
}

TEST_F(SnsTest, EveryMessageThatWasNotTakenIsNamed) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(503, "<html>"); });
  std::vector<SnsMessage> all = messages(2);
  all.push_back({.message = ""});
  EXPECT_EQ(line(sns_->publish_all(all, Deadline::never())),
            "0 SNS PublishBatch: HTTP 503 (HTTP 503), attempt 4\n"
            "1 SNS PublishBatch: HTTP 503 (HTTP 503), attempt 4\n2 SNS: empty message\n");
}

TEST_F(SnsTest, ATopicIsNamedByItsArn) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(500, ""); });
  for (const char* arn :
       {"", "matches", "arn:aws:sqs:us-east-2:1:q", "arn:aws:sns:us-east-2:1", "arn:aws:sns::1:t",
        "arn:aws:sns:evil.com/:1:t", "arn:aws:sns:us-east-2:1:t:subscription"}) {
    EXPECT_FALSE(Sns::open(*session_, arn)) << arn;
  }
  EXPECT_TRUE(Sns::open(*session_, "arn:aws-cn:sns:cn-north-1:123456789012:t.fifo"));
}

TEST(SnsSubject, IsPrintableAsciiOfLessThanAHundredCharacters) {
  EXPECT_EQ(sns_subject("Route 53 Query Log Matched"), "Route 53 Query Log Matched");
  EXPECT_EQ(sns_subject("  a\nb\xc3\xa4"), "a?b??");
  EXPECT_EQ(sns_subject(std::string(200, 'x')).size(), kSnsSubjectSizeMax);
}

TEST(SnsReply, WhatIsNotOfTheFormIsAnError) {
  for (const char* body : {"", "{}", "<PublishResponse/>", "<PublishBatchResponse/>"}) {
    EXPECT_FALSE(read_publish_reply(body)) << body;
    EXPECT_FALSE(read_publish_batch_reply(body)) << body;
  }
}

}  // namespace
}  // namespace querymark
