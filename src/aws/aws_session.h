// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/aws_service.h"
#include "aws/environment.h"
#include "aws/http_client.h"
#include "aws/profile_file.h"

// What the clients of all services share: connections, credentials, region, clock, and the user's settings.
// One a program.
//
//   Result<std::unique_ptr<AwsSession>> session = AwsSession::open(Environment::of_process());
//   Result<DynamoDb> dynamodb = DynamoDb::open(**session);
//
// Opening reads the shared files and asks nobody; credentials are got with the first request. Threads may
// share it.
namespace querymark {

// By flag; what is empty is found in the environment and the profile.
struct AwsOptions {
  std::string profile;
  std::string region;
  std::string endpoint_url;
};

class AwsSession {
 public:
  static Result<std::unique_ptr<AwsSession>> open(Environment environment, AwsOptions options = {});

  // `region`: another than the session's, for a topic or a bucket that lives elsewhere; empty: the session's.
  // The session must outlive the service.
  Result<AwsService> service(std::string_view name, RetryPolicy policy, std::string_view region = {});

  HttpClient& http() { return http_; }
  const std::string& credentials_source() const { return source_name_; }

 private:
  AwsSession(CredentialsSettings settings, AwsOptions options)
      : settings_(std::move(settings)), options_(std::move(options)), http_(settings_.environment) {}

  CredentialsSettings settings_;
  AwsOptions options_;
  HttpClient http_;
  AwsClock clock_;
  std::string source_name_;
  std::unique_ptr<CredentialsCache> credentials_;
};

}  // namespace querymark
