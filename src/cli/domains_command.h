// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.h"
#include "domains/sqlite_table.h"

// The verbs below `domains`, one file each or for a few that belong together.
namespace querymark {

void add_domains_import_command(CLI::App& domains, const CommonOptions& common, Action& action);
void add_domains_add_command(CLI::App& domains, const CommonOptions& common, Action& action);
void add_domains_remove_command(CLI::App& domains, const CommonOptions& common, Action& action);
void add_domains_list_command(CLI::App& domains, const CommonOptions& common, Action& action);
void add_domains_lists_command(CLI::App& domains, const CommonOptions& common, Action& action);
void add_domains_export_command(CLI::App& domains, const CommonOptions& common, Action& action);
void add_domains_check_command(CLI::App& domains, const CommonOptions& common, Action& action);

// The table the common options name.
Result<SqliteTable> open_run_table(const CommonOptions& common, TableAccess access);

// Compiles the set if the table has changed and says what it holds now.
Result<void> compile_run_set(SqliteTable& table, const SuffixTable& suffixes);

// "2026-10-22 08:36:41" (UTC); empty for 0.
std::string time_text(int64_t unix_seconds);

}  // namespace querymark
