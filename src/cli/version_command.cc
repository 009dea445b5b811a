// SPDX-License-Identifier: Apache-2.0
// querymark version: of the program, and of the suffix list that it goes by.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.h"

namespace querymark {
namespace {

ExitStatus print_version(const CommonOptions& common) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  std::printf("querymark %s\nsuffix list %s, %s rules (%s)\n", QUERYMARK_VERSION, suffixes->version().c_str(),
              grouped(suffixes->rule_count()).c_str(),
              common.psl_path.empty() ? "compiled in" : common.psl_path.c_str());
  return ExitStatus::kDone;
}

}  // namespace

void add_version_command(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* verb = app.add_subcommand("version", "Print the versions of the program and of its suffix list");
  verb->callback([&common, &action] { action = [&common] { return print_version(common); }; });
}

}  // namespace querymark
