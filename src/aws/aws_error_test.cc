// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_error.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

std::string line(const AwsError& error) {
  return error.code + "|" + error.message + "|" + error.request_id;
}

TEST(AwsError, IsReadFromJson) {
  const struct {
    const char* name;
    HttpResponse response;
    const char* expected;
  } cases[] = {
      {"with a namespace",
       {400,
        {{"x-amzn-RequestId", "R1"}},
        R"({"__type":"com.amazonaws.dynamodb.v20120810#Throttled","message":"m"})"},
       "Throttled|m|R1"},
      {"plain, capital Message",
       {400, {}, R"({"__type":"AccessDeniedException","Message":"m"})"},
       "AccessDeniedException|m|"},
      {"header overrides",
       {400, {{"x-amzn-query-error", "AWS.Code;Sender"}}, R"({"__type":"Other","message":"m"})"},
       "AWS.Code|m|"},
      {"a proxy's page", {502, {}, "<html>Bad gateway</html>"}, "HTTP 502||"},
      {"truncated", {500, {}, R"({"__type":"Intern)"}, "HTTP 500||"},
      {"no object", {500, {}, "[]"}, "HTTP 500||"},
      {"other types", {500, {}, R"({"__type":1,"message":null})"}, "HTTP 500||"},
      {"empty", {503, {}, ""}, "HTTP 503||"},
  };
  for (const auto& c : cases) EXPECT_EQ(line(read_json_error(c.response)), c.expected) << c.name;
}

TEST(AwsError, IsReadFromXml) {
  const struct {
    const char* name;
    HttpResponse response;
    const char* expected;
  } cases[] = {
      {"S3",
       {404, {}, "<Error><Code>NoSuchKey</Code><Message>m</Message><RequestId>R</RequestId></Error>"},
       "NoSuchKey|m|R"},
      {"SNS",
       {400,
        {},
        "<ErrorResponse xmlns='u'><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>m</Message>"
        "</Error><RequestId>R</RequestId></ErrorResponse>"},
       "InvalidParameter|m|R"},
      {"header first",
       {404, {{"x-amz-request-id", "H"}}, "<Error><Code>C</Code><RequestId>R</RequestId></Error>"},
       "C||H"},
      {"no body, as of HEAD", {404, {}, ""}, "HTTP 404||"},
      {"HTML", {502, {}, "<html><body>Bad gateway</body></html>"}, "HTTP 502||"},
      {"JSON", {500, {}, "{}"}, "HTTP 500||"},
  };
  for (const auto& c : cases) EXPECT_EQ(line(read_xml_error(c.response)), c.expected) << c.name;
}

TEST(AwsError, OnlySomeAreTriedAgain) {
  const struct {
    int status;
    const char* code;
    AwsErrorKind kind;
    Errc errc;
  } cases[] = {
      {400, "ProvisionedThroughputExceededException", AwsErrorKind::kThrottled, Errc::kBusy},
      {400, "ThrottlingException", AwsErrorKind::kThrottled, Errc::kBusy},
      {400, "RequestLimitExceeded", AwsErrorKind::kThrottled, Errc::kBusy},
      {400, "Throttling", AwsErrorKind::kThrottled, Errc::kBusy},
      {503, "SlowDown", AwsErrorKind::kThrottled, Errc::kBusy},
      {429, "HTTP 429", AwsErrorKind::kThrottled, Errc::kBusy},
      {400, "TransactionInProgressException", AwsErrorKind::kTransient, Errc::kBusy},
      {500, "InternalServerError", AwsErrorKind::kTransient, Errc::kBusy},
      {500, "HTTP 500", AwsErrorKind::kTransient, Errc::kBusy},
      {502, "HTTP 502", AwsErrorKind::kTransient, Errc::kBusy},
      {503, "HTTP 503", AwsErrorKind::kTransient, Errc::kBusy},
      {504, "HTTP 504", AwsErrorKind::kTransient, Errc::kBusy},
      {200, "InternalError", AwsErrorKind::kTransient, Errc::kBusy},
      {403, "RequestTimeTooSkewed", AwsErrorKind::kClock, Errc::kDenied},
      {400, "InvalidSignatureException", AwsErrorKind::kClock, Errc::kDenied},
      {400, "ExpiredTokenException", AwsErrorKind::kExpired, Errc::kDenied},
      {400, "ValidationException", AwsErrorKind::kPermanent, Errc::kInvalid},
      {400, "AccessDeniedException", AwsErrorKind::kPermanent, Errc::kDenied},
      {403, "AccessDenied", AwsErrorKind::kPermanent, Errc::kDenied},
      {400, "KMSDisabled", AwsErrorKind::kPermanent, Errc::kDenied},
      {400, "ResourceNotFoundException", AwsErrorKind::kPermanent, Errc::kNotFound},
      {404, "NoSuchBucket", AwsErrorKind::kPermanent, Errc::kNotFound},
      {400, "ConditionalCheckFailedException", AwsErrorKind::kPermanent, Errc::kStale},
      {412, "PreconditionFailed", AwsErrorKind::kPermanent, Errc::kStale},
      {413, "HTTP 413", AwsErrorKind::kPermanent, Errc::kLimit},
      {501, "NotImplemented", AwsErrorKind::kPermanent, Errc::kInvalid},
  };
  for (const auto& c : cases) {
    const AwsError error{c.status, c.code, "", ""};
    EXPECT_EQ(kind_of(error), c.kind) << c.status << " " << c.code;
    EXPECT_EQ(to_error(error, "").code, c.errc) << c.status << " " << c.code;
  }
}

TEST(AwsError, BecomesOneSentence) {
  EXPECT_EQ(to_error({400, "ResourceNotFoundException", "no such table", "R1"}, "DynamoDB GetItem").detail,
            "DynamoDB GetItem: ResourceNotFoundException: no such table (HTTP 400, request R1)");
  EXPECT_EQ(to_error({502, "HTTP 502", "", ""}, "SNS Publish").detail, "SNS Publish: HTTP 502 (HTTP 502)");
}

}  // namespace
}  // namespace querymark
