// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

// Configuration in TOML: every long option of the command line may stand there under its name, in the table
// of its verb; what the command line says wins.
//
//   home = "/var/lib/querymark"
//   [mark]
//   match = "listed"
//   [domains.import]
//   expires = 30
namespace querymark {

// Where configuration is looked for when --config is not given: the system's, then the user's, which wins.
std::vector<std::string> default_config_paths();

// Gives the options of `app` that have no value yet the ones of the file. kNotFound where there is none;
// kInvalid, naming the file and the line, where it is no TOML or names what is no option.
Result<void> apply_config_file(CLI::App& app, const std::string& path);

}  // namespace querymark
