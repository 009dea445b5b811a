// SPDX-License-Identifier: Apache-2.0
#include "aws/lambda.h"

#include <gtest/gtest.h>

#include "aws/aws_test_session.h"

namespace querymark {
namespace {

TEST(Lambda, HandsAnEventOver) {
  const LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::with(202, ""); });
  const std::unique_ptr<AwsSession> session = session_with(server);
  const Result<Lambda> lambda = Lambda::open(*session, kTestRetries);
  const Result<void> done =
      lambda->invoke_later("arn:aws:lambda:eu-west-1:1:function:f", "{\"a\":1}", Deadline::never());
  EXPECT_TRUE(done) << done.error().detail;
  const LoopbackRequest request = server.requests()[0];
  EXPECT_EQ(request.target,
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/invocations");
  EXPECT_EQ(request.header("X-Amz-Invocation-Type"), "Event");
  EXPECT_EQ(request.body, "{\"a\":1}");
}

TEST(Lambda, TriesAgainWhenThrottledAndNotWhenDenied) {
  int answered = 0;
  const LoopbackServer server([&answered](const LoopbackRequest&) {
    if (answered++ == 0)
      return LoopbackReply::with(429, "{\"message\":\"Rate exceeded\"}",
                                 {{"x-amzn-ErrorType", "TooManyRequestsException"}});
    return LoopbackReply::with(403, "{\"Message\":\"not you\"}",
                               {{"x-amzn-ErrorType", "AccessDeniedException:http://internal.amazon.com/"}});
  });
  const std::unique_ptr<AwsSession> session = session_with(server);
  const Result<Lambda> lambda = Lambda::open(*session, kTestRetries);
  const Result<void> done = lambda->invoke_later("f", "{}", Deadline::never());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kDenied);
  EXPECT_NE(done.error().detail.find("Lambda Invoke: AccessDeniedException: not you"), std::string::npos);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Lambda, RefusesAnEventTooLarge) {
  const LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::with(202, ""); });
  const std::unique_ptr<AwsSession> session = session_with(server);
  const Result<Lambda> lambda = Lambda::open(*session, kTestRetries);
  const std::string event(kLambdaAsyncPayloadMax + 1, ' ');
  EXPECT_EQ(lambda->invoke_later("f", event, Deadline::never()).error().code, Errc::kLimit);
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace querymark
