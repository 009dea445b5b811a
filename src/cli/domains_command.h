// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "aws/aws_access.h"
#include "cli/command.h"
#include "domains/dynamodb_table.h"
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

// The table of a run: one of the two.
struct RunTable {
  std::unique_ptr<SqliteTable> sqlite;
  std::unique_ptr<DynamoDbTable> dynamodb;

  DomainTable& operator*() const {
    return sqlite ? static_cast<DomainTable&>(*sqlite) : static_cast<DomainTable&>(*dynamodb);
  }
  DomainTable* operator->() const { return &**this; }
};

// The table the common options name. `aws` must outlive it.
Result<RunTable> open_run_table(const CommonOptions& common, TableAccess access, const SuffixTable& suffixes,
                                AwsAccess& aws);

// Compiles the set, where the table has one, if the table has changed, and says what it holds now.
Result<void> compile_run_set(const RunTable& table, const SuffixTable& suffixes);

}  // namespace querymark
