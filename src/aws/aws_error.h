// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "base/result.h"

// What a service says went wrong, read from a response whose status is not 2xx, and what may be done about
// it.
//
//   {"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}, status 400
//   code "ThrottlingException", message "Rate exceeded", kind kThrottled
//
// A body that names no error (of a proxy, for one) gives the code "HTTP 502".
namespace querymark {

struct AwsError {
  int status = 0;
  std::string code;
  std::string message;
  std::string request_id;
};

// The JSON protocols (DynamoDB, Firehose): x-amzn-query-error, else __type; and the XML ones (S3, SNS, STS).
AwsError read_json_error(const HttpResponse& response);
AwsError read_xml_error(const HttpResponse& response);

enum class AwsErrorKind {
  kTransient,  // the service failed: try again
  kThrottled,  // too many requests: try again, later
  kClock,      // our clock is wrong: put it right, once
  kExpired,    // the credentials have expired: get new ones, once
  kPermanent,  // trying again gives the same
};
AwsErrorKind kind_of(const AwsError& error);

// "DynamoDB GetItem: ResourceNotFoundException: no such table (HTTP 400, request 7F…)". Codes: kDenied,
// kNotFound, kStale (a condition of the request does not hold), kLimit (something is too large), kBusy (what
// might have worked later), else kInvalid.
Error to_error(const AwsError& error, std::string_view operation);

}  // namespace querymark
