// SPDX-License-Identifier: Apache-2.0
// The program `querymark`: reads the command line and the configuration, and runs the verb they name.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "cli/command.h"
#include "cli/common_options.h"
#include "cli/config_file.h"

namespace querymark {
namespace {

Result<void> read_config(CLI::App& app, const std::string& config_path) {
  if (!config_path.empty()) return apply_config_file(app, config_path);
  const std::vector<std::string> paths = default_config_paths();
  for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
    Result<void> applied = apply_config_file(app, *path);
    if (!applied && applied.error().code != Errc::kNotFound) return applied;
  }
  return {};
}

ExitStatus run(int argc, char** argv) {
  CLI::App app("Marks DNS query logs of Route 53 Resolver by a table of interesting domains.", "querymark");
  app.require_subcommand(1);
  app.fallthrough();
  RawCommonOptions raw;
  add_common_options(app, raw);
  Action action;
  add_domains_command(app, raw.common, action);
  add_explain_command(app, raw.common, action);
  add_mark_command(app, raw.common, action);
  add_backfill_command(app, raw.common, action);
  add_redrive_command(app, raw.common, action);
  add_query_command(app, raw.common, action);
  add_compact_command(app, raw.common, action);
  add_serve_command(app, raw.common, action);
  add_alerts_command(app, raw.common, action);
  add_demo_command(app, action);
  add_version_command(app, raw.common, action);
  add_completion_command(app, action);
  add_manual_command(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitStatus::kDone : ExitStatus::kUsage;
  }
  for (const Result<void>& step : {read_config(app, raw.config_path), apply_common_options(raw)}) {
    if (step) continue;
    print_error(step.error());
    return ExitStatus::kUsage;
  }
  return action();
}

}  // namespace
}  // namespace querymark

int main(int argc, char** argv) {
  // Large buffers go back to the system when they are freed: memory stays in its bound.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // A reader that goes away is an error of the write (Errc::kClosed), not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(querymark::run(argc, argv));
  } catch (const std::exception& error) {
    querymark::print_error(std::string("internal error: ") + error.what());
    return static_cast<int>(querymark::ExitStatus::kFailed);
  }
}
