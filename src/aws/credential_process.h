// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/sigv4.h"
#include "base/deadline.h"
#include "base/result.h"

// credential_process of a profile: a program that prints credentials as JSON (credentials_json.h).
//
//   credential_process = /opt/vault get --role "log reader"
//
// No shell: the line is cut into words at blanks outside quotes, and the program is looked up in PATH. What
// it writes to its standard error goes to ours, so that it can ask its user something.
namespace querymark {

// kInvalid for quotes that do not close or no word at all.
Result<std::vector<std::string>> split_command(std::string_view line);

// Stopped when the deadline passes. Its output is bounded and never part of an error.
Result<Credentials> run_credential_process(std::string_view command_line, Deadline deadline);

}  // namespace querymark
