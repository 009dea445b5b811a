// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.h"

// Declares the options of CommonOptions and applies them.
namespace querymark {

struct RawCommonOptions {
  CommonOptions common;
  std::string psl_section = "all";
  std::string config_path;
  std::string log_level = "info";
  bool quiet = false;
};

void add_common_options(CLI::App& app, RawCommonOptions& raw);
// After parsing and after the configuration files: resolves the home, sets the log level.
Result<void> apply_common_options(RawCommonOptions& raw);

}  // namespace querymark
