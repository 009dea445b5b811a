// SPDX-License-Identifier: Apache-2.0
// What may go wrong between the stream processor and AWS. Whatever it is, every record is answered once or
// the invocation fails, and no match is stored as N.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "lambda/stream_processor_fixture.h"

namespace querymark {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;
using After = LoopbackReply::After;

// 250 names, so that they take three requests; each tenth is interesting.
constexpr int kNames = 250;

class StreamProcessorFaults : public StreamProcessorFixture {
 protected:
  StreamProcessorFaults() {
    for (int i = 0; i < kNames; ++i) {
      payloads_.push_back(query("www.d" + std::to_string(i) + ".com"));
      if (i % 10 == 0) table_.put_name("d" + std::to_string(i) + ".com");
    }
  }

  static std::string verdict(int name) { return name % 10 == 0 ? "Y" : "N"; }

  // How many answers are right; all others say that they are none. Nothing else may be.
  size_t right_answers(const Strings& answers) {
    if (answers.size() != payloads_.size()) {
      EXPECT_EQ(answers.size(), 1U);
      EXPECT_TRUE(answers.at(0).starts_with("failed: ")) << answers.at(0);
      return 0;
    }
    size_t right = 0;
    for (int i = 0; i < kNames; ++i) {
      const std::string& answer = answers[static_cast<size_t>(i)];
      const std::string& payload = payloads_[static_cast<size_t>(i)];
      if (answer == "Ok " + marked(payload, verdict(i))) {
        ++right;
      } else {
        EXPECT_EQ(answer, "ProcessingFailed " + payload);
      }
    }
    return right;
  }

  // The table answers the requests for which `fails` gives nothing.
  void table_fails(std::function<std::optional<LoopbackReply>(size_t request)> fails) {
    on_table_ = [this, fails,
                 request = std::make_shared<std::atomic<size_t>>(0)](const LoopbackRequest& asked) {
      const std::optional<LoopbackReply> failure = fails((*request)++);
      return failure ? *failure : table_.answer(asked);
    };
  }

  Strings payloads_;
};

LoopbackReply aws_error(int status, const std::string& type) {
  return LoopbackReply::with(status, R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + type +
                                         R"(","message":"because of the test"})");
}

struct Fault {
  const char* name;
  LoopbackReply reply;
};

// Failures that may pass.
std::vector<Fault> passing_faults() {
  const LoopbackReply good = FakeDynamoDb::with_crc(R"({"Responses":{"t":[]},"UnprocessedKeys":{}})");
  LoopbackReply slow = good;
  slow.between = 20ms;
  LoopbackReply wrong_crc = LoopbackReply::with(200, R"({"Responses":{"t":[]}})", {{"x-amz-crc32", "1"}});
  return {
      {"throttled", aws_error(400, "ProvisionedThroughputExceededException")},
      {"throttled by request rate", aws_error(400, "ThrottlingException")},
      {"500", LoopbackReply::with(500, "")},
      {"503", LoopbackReply::with(503, "<html>")},
      {"reset", LoopbackReply::reset()},
      {"half-open", LoopbackReply::stall()},
      {"slow body", slow},
      {"cut in the middle", good.cut(good.bytes.size() - 20, After::kClose)},
      {"truncated JSON", LoopbackReply::with(200, R"({"Responses":{"t":[)")},
      {"no JSON", LoopbackReply::with(200, "<html>")},
      {"damaged", wrong_crc},
  };
}

TEST_F(StreamProcessorFaults, WhatPassesIsTriedAgainAndNothingIsWrong) {
  options_.table_retries = kImpatientRetries;
  for (const Fault& fault : passing_faults()) {
    SCOPED_TRACE(fault.name);
    table_fails([&](size_t request) { return request % 2 == 0 ? std::optional(fault.reply) : std::nullopt; });
    open();
    EXPECT_EQ(right_answers(process(payloads_)), payloads_.size());
  }
}

TEST_F(StreamProcessorFaults, WhatNeverPassesFailsTheInvocation) {
  options_.table_retries = kImpatientRetries;
  for (const Fault& fault : passing_faults()) {
    SCOPED_TRACE(fault.name);
    table_fails([&](size_t) { return fault.reply; });
    open();
    const Strings answers = process(payloads_, Deadline::after(3s));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_TRUE(answers[0].starts_with("failed: the table t gave no answer: ")) << answers[0];
    EXPECT_EQ(metric("Failures"), payloads_.size());
  }
}

TEST_F(StreamProcessorFaults, WhatFailsInTheMiddleFailsItsRecordsAlone) {
  options_.table_retries = kImpatientRetries;
  for (const Fault& fault : passing_faults()) {
    SCOPED_TRACE(fault.name);
    table_fails([&](size_t request) { return request == 0 ? std::nullopt : std::optional(fault.reply); });
    open();
    const size_t right = right_answers(process(payloads_, Deadline::after(4s)));
    // A hundred names were answered; those of them that matched lack the answer about an allow entry.
    EXPECT_LE(right, 100U);
    EXPECT_GE(right, 75U);
  }
}

TEST_F(StreamProcessorFaults, WhatIsCachedIsAnsweredWhileTheTableIsDown) {
  process({payloads_.begin(), payloads_.begin() + 20});
  on_table_ = [](const LoopbackRequest&) { return LoopbackReply::with(500, ""); };
  EXPECT_EQ(right_answers(process(payloads_)), 20U);
  EXPECT_EQ(metric("CacheHits"), 20U);
}

TEST_F(StreamProcessorFaults, KeysThatAreLeftOverForEverFailAlone) {
  table_.leave_over({"d3.com", "d10.com", "allow#d20.com"});
  EXPECT_EQ(right_answers(process(payloads_)), payloads_.size() - 3);
  EXPECT_EQ(metric("Failures"), 3U);
  table_.leave_over({});
  EXPECT_EQ(right_answers(process(payloads_)), payloads_.size());
}

TEST_F(StreamProcessorFaults, ExpiredCredentialsInMidRunFailWhatTheyCannotAskFor) {
  table_fails([](size_t request) {
    return request == 0 ? std::nullopt : std::optional(aws_error(400, "ExpiredTokenException"));
  });
  const Strings answers = process(payloads_);
  EXPECT_LE(right_answers(answers), 100U);
  ASSERT_FALSE(log_.empty());
  EXPECT_NE(log_.front().find("ExpiredTokenException"), std::string::npos) << log_.front();
}

TEST_F(StreamProcessorFaults, WhatIsRefusedFailsTheInvocationWithTheReason) {
  on_table_ = [](const LoopbackRequest&) { return aws_error(400, "ResourceNotFoundException"); };
  const Strings answers = process(payloads_);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_NE(answers[0].find("ResourceNotFoundException"), std::string::npos) << answers[0];
  EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_F(StreamProcessorFaults, DeadlineInTheMiddleIsKeptWithTimeToAnswer) {
  options_.table_retries = {10, 1ms, 4ms, 60s};
  table_fails(
      [](size_t request) { return request == 0 ? std::nullopt : std::optional(LoopbackReply::stall()); });
  const Deadline deadline = Deadline::after(2s);
  const size_t right = right_answers(process(payloads_, deadline));
  EXPECT_GE(deadline.left(), StreamProcessor::kAnswerMargin - 200ms);
  EXPECT_GE(right, 75U);
  EXPECT_LE(right, 100U);
}

TEST_F(StreamProcessorFaults, DeadlineThatHasPassedFailsTheInvocation) {
  const Strings answers = process(payloads_, Deadline::after(0ms));
  EXPECT_EQ(answers, Strings{"failed: no time left to mark anything"});
  EXPECT_TRUE(server_->requests().empty());
}

class StreamProcessorTopicFaults : public StreamProcessorFaults {
 protected:
  StreamProcessorTopicFaults() { settings_.notify = Notify::kEach; }
};

TEST_F(StreamProcessorTopicFaults, TopicThatIsDownChangesNoMark) {
  options_.topic_retries = kImpatientRetries;
  for (const LoopbackReply& reply :
       {LoopbackReply::with(500, ""), LoopbackReply::with(403, "<ErrorResponse/>"), LoopbackReply::reset(),
        LoopbackReply::stall(), LoopbackReply::with(200, "<html>")}) {
    SCOPED_TRACE(reply.bytes.substr(0, 30));
    log_.clear();
    on_topic_ = [&](const LoopbackRequest&) { return reply; };
    open();
    const Deadline deadline = Deadline::after(3s);
    EXPECT_EQ(right_answers(process(payloads_, deadline)), payloads_.size());
    EXPECT_GE(deadline.left(), StreamProcessor::kAnswerMargin - 200ms);
    EXPECT_EQ(metric("Notifications"), 0U);
    EXPECT_EQ(metric("NotificationFailures"), 25U);
    ASSERT_EQ(log_.size(), 2U);
    EXPECT_NE(log_[0].find(R"("level":"ERROR","message":"matches were not notified of")"), std::string::npos);
  }
}

TEST_F(StreamProcessorTopicFaults, WhatTheTopicRefusesForNowIsSentAgain) {
  on_topic_ = [request = std::make_shared<std::atomic<int>>(0)](const LoopbackRequest& asked) {
    return (*request)++ % 2 == 0 ? LoopbackReply::with(503, "") : take_messages(asked);
  };
  EXPECT_EQ(right_answers(process(payloads_)), payloads_.size());
  EXPECT_EQ(metric("Notifications"), 25U);
  EXPECT_EQ(metric("NotificationFailures"), 0U);
}

TEST_F(StreamProcessorTopicFaults, InvocationThatFailsNotifiesOfNothing) {
  on_table_ = [](const LoopbackRequest&) { return LoopbackReply::with(500, ""); };
  process(payloads_);
  EXPECT_TRUE(published_.empty());
}

}  // namespace
}  // namespace querymark
