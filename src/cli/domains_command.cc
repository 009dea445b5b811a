// SPDX-License-Identifier: Apache-2.0
// querymark domains: the verbs about the table of interesting domains, and what they share.
#include "cli/domains_command.h"

#include <CLI/CLI.hpp>
#include <ctime>

#include "import/open_table.h"

namespace querymark {

void add_domains_command(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* domains = app.add_subcommand("domains", "Change and show the table of interesting domains");
  domains->require_subcommand(1);
  add_domains_import_command(*domains, common, action);
  add_domains_add_command(*domains, common, action);
  add_domains_remove_command(*domains, common, action);
  add_domains_list_command(*domains, common, action);
  add_domains_lists_command(*domains, common, action);
  add_domains_export_command(*domains, common, action);
  add_domains_check_command(*domains, common, action);
}

Result<SqliteTable> open_run_table(const CommonOptions& common, TableAccess access) {
  const Result<std::string> path = table_path(common.table_uri, common.home);
  if (!path) return path.error();
  return SqliteTable::open(*path, access);
}

Result<void> compile_run_set(SqliteTable& table, const SuffixTable& suffixes) {
  const Result<DomainSet> set = table.current_set(suffixes);
  if (!set)
    return Error{set.error().code,
                 "the table is changed, but its set could not be compiled: " + set.error().detail};
  print_info("the table holds " + grouped(set->entry_count()) + " entries and " +
             grouped(set->allow_count()) + " allow entries");
  return {};
}

std::string time_text(int64_t unix_seconds) {
  if (unix_seconds == 0) return "";
  const std::time_t time = unix_seconds;
  std::tm parts{};
  char text[32];
  if (::gmtime_r(&time, &parts) == nullptr) return std::to_string(unix_seconds);
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts)};
}

}  // namespace querymark
