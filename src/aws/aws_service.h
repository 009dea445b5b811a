// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "aws/aws_error.h"
#include "aws/credentials_cache.h"
#include "aws/endpoint.h"
#include "aws/http_client.h"

// One service of AWS, asked with patience: each request is signed, sent, and where it failed in a way that
// may pass, sent again, until the attempts or the deadline are used up.
//
//   AwsService dynamodb(transport, endpoint, kDynamoDbRetries);
//   Result<HttpResponse> response = dynamodb.call(call, deadline);   any 2xx; else an Error
//
// What is tried again: faults of the network, replies that `check` finds damaged, throttling, 500, 502, 503
// and 504. A clock that is wrong is put right by the Date of the reply, expired credentials are replaced,
// each once a call. Pauses have full jitter. Threads may share one object.
namespace querymark {

// The time as the services see it: the system's, corrected by what a service said of its own.
class AwsClock {
 public:
  SystemTime now() const;
  void set(SystemTime time_at_the_service);

 private:
  std::atomic<int64_t> offset_seconds_{0};
};

struct AwsTransport {
  HttpClient& http;
  CredentialsCache* credentials;  // nullptr: requests go unsigned
  AwsClock& clock;
};

struct RetryPolicy {
  int attempts_max;
  std::chrono::milliseconds pause_base;
  std::chrono::milliseconds pause_max = std::chrono::seconds(20);
  std::chrono::milliseconds attempt_timeout =
      std::chrono::seconds(10);  // of each attempt; 0: the deadline alone
};
inline constexpr RetryPolicy kDynamoDbRetries{10, std::chrono::milliseconds(50)};
inline constexpr RetryPolicy kOtherRetries{5, std::chrono::milliseconds(100)};
inline constexpr RetryPolicy kS3Retries{5, std::chrono::milliseconds(100), std::chrono::seconds(20),
                                        std::chrono::milliseconds(0)};

struct AwsCall {
  std::string_view operation;  // "DynamoDB GetItem": begins every error's text
  HttpRequest request;         // its URL complete
  std::string region;          // of the signature; empty: the endpoint's
  std::string payload_hash;    // hex, or kUnsignedPayload; empty: the body, which lies in memory, is hashed
  HttpOptions options;         // its deadline is set by call(); an Error of its sink must not be kBusy
  AwsError (*read_error)(const HttpResponse&) = read_json_error;
  // Looks at a 2xx response; an Error with kBusy has the request sent again, any other is the result.
  std::function<Result<void>(const HttpResponse&)> check;
  // Called before each further attempt: a body of which a part is in the sink is asked for from there on.
  std::function<void(HttpRequest&)> before_retry;
  // Called once, for a permanent error: where it can change the call so that it may succeed, it returns true.
  std::function<bool(const HttpResponse&, AwsCall&)> repair;
};

class AwsService {
 public:
  AwsService(AwsTransport transport, AwsEndpoint endpoint, RetryPolicy policy)
      : transport_(transport), endpoint_(std::move(endpoint)), policy_(policy) {}

  const AwsEndpoint& endpoint() const { return endpoint_; }
  const RetryPolicy& policy() const { return policy_; }

  Result<HttpResponse> call(AwsCall call, Deadline deadline) const;

 private:
  struct Repairs;
  Result<HttpResponse> attempt(AwsCall& call, Deadline deadline, Repairs& repairs) const;

  AwsTransport transport_;
  AwsEndpoint endpoint_;
  RetryPolicy policy_;
};

}  // namespace querymark
