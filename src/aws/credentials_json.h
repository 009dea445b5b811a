// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aws/sigv4.h"
#include "base/result.h"

// The JSON by which a container, an instance and a credential_process hand out credentials:
//
//   {"AccessKeyId": "…", "SecretAccessKey": "…", "Token": "…", "Expiration": "2026-11-24T21:00:00Z"}
//
// The token is called "SessionToken" by a process. A document with "Code" other than "Success" is an error
// that `what` has in its text; so is one without keys. No error text holds a value of the document but "Code"
// and "Message".
namespace querymark {

Result<Credentials> parse_credentials_json(std::string_view text, std::string_view what);

}  // namespace querymark
