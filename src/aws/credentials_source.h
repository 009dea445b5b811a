// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_file.h"
#include "aws/sigv4.h"
#include "base/deadline.h"
#include "base/result.h"

// Where credentials come from. The choice is made once, from settings alone; getting them may ask a program
// or a server, and is done again before they expire (CredentialsCache).
//
//   1  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, unless the user names a profile by a
//   flag
//      (AWS_PROFILE alone does not come before them)
//   2  the profile's role_arn with source_profile or credential_source: STS AssumeRole
//   3  AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, or the profile's web_identity_token_file and role_arn
//   4  the profile's aws_access_key_id and aws_secret_access_key
//   5  the profile's credential_process
//   6  the container's: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI
//   7  the instance's: IMDSv2, unless AWS_EC2_METADATA_DISABLED
//
// The first that is set is the one: where it fails, no other is tried, so that nothing runs by accident under
// another identity. Secrets appear in no error text.
namespace querymark {

class HttpClient;

struct CredentialsSource {
  std::string name;  // "environment", "profile prod", "AssumeRole arn:…", …
  std::function<Result<Credentials>(Deadline)> fetch;
};

struct CredentialsSettings {
  Environment environment;
  Profiles profiles;
  std::string profile;  // by flag; empty: AWS_PROFILE, AWS_DEFAULT_PROFILE, "default"
  std::string region;   // for STS; may be empty
};

// The profile that counts.
std::string profile_name(const Environment& environment, std::string_view by_flag);

// The source keeps a reference to `http` and copies of the rest.
Result<CredentialsSource> find_credentials_source(const CredentialsSettings& settings, HttpClient& http);

}  // namespace querymark
