// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_service.h"

#include <gtest/gtest.h>

#include <set>

#include "aws/environment.h"
#include "aws/loopback_server.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RetryPolicy kQuick{4, milliseconds(1), milliseconds(5), milliseconds(500)};

LoopbackReply error_reply(int status, const std::string& type, const HttpHeaders& headers = {}) {
  return LoopbackReply::with(status, R"({"__type":"com.amazonaws#)" + type + R"(","message":"m"})", headers);
}

// One service behind a server that answers as the test says.
class AwsServiceTest : public ::testing::Test {
 protected:
  Result<HttpResponse> ask(LoopbackServer& server, RetryPolicy policy = kQuick,
                           Deadline deadline = Deadline::never()) {
    AwsEndpoint endpoint;
    endpoint.url = *HttpUrl::parse(server.url());
    endpoint.region = "eu-west-1";
    endpoint.service = "dynamodb";
    const AwsService service({http_, &credentials_, clock_}, endpoint, policy);
    AwsCall call;
    call.operation = "DynamoDB GetItem";
    call.request.method = "POST";
    call.request.url = endpoint.url;
    call.request.body = std::string_view("{}");
    call.check = check_;
    return service.call(std::move(call), deadline);
  }

  // How many requests it took for these replies (the last one again and again), and what came of it.
  std::string outcome(const std::vector<LoopbackReply>& replies, RetryPolicy policy = kQuick) {
    LoopbackServer server([&replies](const LoopbackRequest& request) {
      return replies[std::min(request.number, replies.size() - 1)];
    });
    const Result<HttpResponse> response = ask(server, policy);
    last_error_ = response ? "" : response.error().detail;
    return std::to_string(server.requests().size()) + (response ? " ok" : " error");
  }

  HttpClient http_{Environment()};
  AwsClock clock_;
  int fetches_ = 0;
  CredentialsCache credentials_{
      CredentialsSource{"test", [this](Deadline) -> Result<Credentials> {
                          return Credentials{"KEY" + std::to_string(++fetches_), "s", ""};
                        }}};
  std::function<Result<void>(const HttpResponse&)> check_;
  std::string last_error_;
};

const LoopbackReply kOk = LoopbackReply::with(200, "{}");

TEST_F(AwsServiceTest, WhatMayPassIsTriedAgain) {
  const LoopbackReply replies[] = {
      error_reply(400, "ProvisionedThroughputExceededException"),
      error_reply(400, "ThrottlingException"),
      error_reply(500, "InternalServerError"),
      LoopbackReply::with(503, "<html>"),
      LoopbackReply::with(502, ""),
      LoopbackReply::reset(),
      {"", LoopbackReply::After::kClose, {}, {}},
      kOk.cut(kOk.bytes.size() - 1, LoopbackReply::After::kClose),
      LoopbackReply::stall(),  // given up after the attempt's own time
  };
  for (const LoopbackReply& reply : replies) {
    EXPECT_EQ(outcome({reply, reply, kOk}), "3 ok") << reply.bytes << last_error_;
  }
}

TEST_F(AwsServiceTest, WhatCannotPassIsNot) {
  for (const char* type : {"ValidationException", "AccessDeniedException", "ResourceNotFoundException",
                           "ConditionalCheckFailedException", "UnrecognizedClientException"}) {
    EXPECT_EQ(outcome({error_reply(400, type), kOk}), "1 error") << type;
    EXPECT_EQ(last_error_, "DynamoDB GetItem: " + std::string(type) + ": m (HTTP 400)");
  }
  EXPECT_EQ(outcome({LoopbackReply::with(404, ""), kOk}), "1 error");
}

TEST_F(AwsServiceTest, AttemptsAreBounded) {
  EXPECT_EQ(outcome({error_reply(500, "InternalServerError")}), "4 error");
  EXPECT_EQ(last_error_, "DynamoDB GetItem: InternalServerError: m (HTTP 500), attempt 4");
}

TEST_F(AwsServiceTest, TheDeadlineBoundsAllAttemptsTogether) {
  LoopbackServer server([](const LoopbackRequest&) { return error_reply(500, "InternalServerError"); });
  const RetryPolicy patient{1000, milliseconds(20), milliseconds(20), milliseconds(200)};
  const auto began = std::chrono::steady_clock::now();
  const Result<HttpResponse> response = ask(server, patient, Deadline::after(milliseconds(150)));
  EXPECT_EQ(response.error().code, Errc::kBusy);
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(600));
  EXPECT_GT(server.requests().size(), 2u);
}

TEST_F(AwsServiceTest, AHalfOpenConnectionInTheMiddleOfADeadlineIsGivenUpWithIt) {
  LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::stall(); });
  const RetryPolicy patient{1000, milliseconds(1), milliseconds(1), seconds(60)};
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(server, patient, Deadline::after(milliseconds(150))).error().code, Errc::kBusy);
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(5));
}

TEST_F(AwsServiceTest, WithoutTimeLeftNothingIsAsked) {
  LoopbackServer server([](const LoopbackRequest&) { return kOk; });
  EXPECT_EQ(ask(server, kQuick, Deadline::after(milliseconds(0))).error().detail,
            "DynamoDB GetItem: no time left to ask");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(AwsServiceTest, AReplyThatIsFoundDamagedIsAskedForAgain) {
  int looked = 0;
  check_ = [&looked](const HttpResponse&) -> Result<void> {
    if (++looked < 3) return Error{Errc::kBusy, "checksum"};
    return {};
  };
  EXPECT_EQ(outcome({kOk}), "3 ok");
  check_ = [](const HttpResponse&) -> Result<void> { return Error::corrupt("not what was asked for"); };
  EXPECT_EQ(outcome({kOk}), "1 error");
}

TEST_F(AwsServiceTest, AWrongClockIsPutRightOnce) {
  const std::string date = "Tue, 24 Nov 2099 15:18:52 GMT";
  const LoopbackReply skewed = error_reply(400, "InvalidSignatureException", {{"Date", date}});
  LoopbackServer server([&](const LoopbackRequest& request) { return request.number == 0 ? skewed : kOk; });
  ASSERT_TRUE(ask(server));
  EXPECT_EQ(server.requests().at(1).header("X-Amz-Date").substr(0, 8), "20991124");
  ASSERT_TRUE(ask(server)) << "the next call knows it";
  EXPECT_EQ(server.requests().at(2).header("X-Amz-Date").substr(0, 8), "20991124");

  EXPECT_EQ(outcome({error_reply(403, "RequestTimeTooSkewed", {{"Date", date}})}), "2 error");
}

TEST_F(AwsServiceTest, AWrongSignatureIsNoWrongClock) {
  EXPECT_EQ(outcome({error_reply(400, "InvalidSignatureException"), kOk}), "1 error");
}

TEST_F(AwsServiceTest, ExpiredCredentialsAreReplacedOnce) {
  LoopbackServer server([](const LoopbackRequest& request) {
    return request.number == 1 ? error_reply(400, "ExpiredTokenException") : kOk;
  });
  ASSERT_TRUE(ask(server));
  ASSERT_TRUE(ask(server));
  const std::vector<LoopbackRequest> requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_NE(requests[1].header("Authorization").find("Credential=KEY1/"), std::string_view::npos);
  EXPECT_NE(requests[2].header("Authorization").find("Credential=KEY2/"), std::string_view::npos);
  EXPECT_EQ(outcome({error_reply(400, "ExpiredTokenException")}), "2 error");
}

TEST_F(AwsServiceTest, RequestsAreSignedForTheServiceAndItsRegion) {
  LoopbackServer server([](const LoopbackRequest&) { return kOk; });
  ASSERT_TRUE(ask(server));
  EXPECT_NE(server.requests().at(0).header("Authorization").find("/eu-west-1/dynamodb/aws4_request"),
            std::string_view::npos);
}

}  // namespace
}  // namespace querymark
