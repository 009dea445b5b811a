// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/credentials_source.h"

// The two calls of the Security Token Service that give credentials of a role for a while.
namespace querymark {

struct AssumeRole {
  std::string role_arn;
  std::string session_name;  // empty: one made of the program's name and the time
  std::string external_id;
  std::string duration_seconds;  // digits; empty: an hour
};

// Signed with what `base` gives.
Result<Credentials> assume_role(const AssumeRole& role, const CredentialsSource& base,
                                const CredentialsSettings& settings, HttpClient& http, Deadline deadline);

// With the token in `token_file`, read anew each time; unsigned.
Result<Credentials> assume_role_with_web_identity(const AssumeRole& role, const std::string& token_file,
                                                  const CredentialsSettings& settings, HttpClient& http,
                                                  Deadline deadline);

}  // namespace querymark
