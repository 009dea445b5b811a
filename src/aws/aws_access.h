// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "aws/aws_session.h"
#include "aws/dynamodb.h"
#include "aws/environment.h"
#include "aws/http_client.h"
#include "aws/s3.h"
#include "aws/sns.h"

namespace querymark {

// What a program holds that may need AWS or may not: each client is opened when it is first asked for, with
// the settings of the environment and its profile, and kept. An error says which setting is missing. What is
// given stays valid as long as this does. One thread at a time; the clients themselves may be shared.
class AwsAccess {
 public:
  explicit AwsAccess(Environment environment = Environment::of_process());

  HttpClient& http();
  Result<AwsSession*> session();
  Result<const S3*> s3();
  Result<const DynamoDb*> dynamodb();
  Result<Sns> sns(std::string_view topic_arn, RetryPolicy policy);

 private:
  Environment environment_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<AwsSession> session_;
  std::optional<S3> s3_;
  std::optional<DynamoDb> dynamodb_;
};

}  // namespace querymark
