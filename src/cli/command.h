// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/console.h"
#include "psl/suffix_table.h"

// What the verbs of the command line share. A verb is one file: add_NAME_command() declares its options on
// the app and, where the command line names the verb, puts what it does into `action`.
namespace CLI {
class App;
}

namespace querymark {

enum class ExitStatus : int {
  kDone = 0,
  kFailed = 1,    // something could not be done, a failed table lookup among it
  kUsage = 2,     // the command line or the configuration means nothing
  kRejected = 3,  // done, but records were rejected
};

// Options that every verb understands, before or after its name.
struct CommonOptions {
  std::string home;       // --home; resolved: $QUERYMARK_HOME, else the XDG data folder
  std::string table_uri;  // --table; empty: the home's own SQLite file
  std::string psl_path;   // --psl; empty: the list that is compiled in
  SuffixSections psl_sections = SuffixSections::kIcannAndPrivate;  // --psl-section

  // The suffix list of the run. Cheap for the compiled one, some 10 ms for a file.
  Result<SuffixTable> load_suffixes() const;
};

using Action = std::function<ExitStatus()>;

void add_domains_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_explain_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_mark_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_backfill_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_redrive_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_compact_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_query_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_serve_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_alerts_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_version_command(CLI::App& app, const CommonOptions& common, Action& action);
void add_demo_command(CLI::App& app, Action& action);
void add_completion_command(CLI::App& app, Action& action);
void add_manual_command(CLI::App& app, Action& action);

// Prints the error and gives the status for it.
ExitStatus fail(const Error& error);

}  // namespace querymark
