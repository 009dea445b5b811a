// SPDX-License-Identifier: Apache-2.0
// querymark domains: the verbs about the table of interesting domains, and what they share.
#include "cli/domains_command.h"

#include <CLI/CLI.hpp>

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

Result<RunTable> open_run_table(const CommonOptions& common, TableAccess access, const SuffixTable& suffixes,
                                AwsAccess& aws) {
  RunTable table;
  if (const std::string name = dynamodb_table_name(common.table_uri); !name.empty()) {
    const Result<const DynamoDb*> dynamodb = aws.dynamodb();
    if (!dynamodb) return dynamodb.error();
    table.dynamodb = std::make_unique<DynamoDbTable>(**dynamodb, name, suffixes);
    return table;
  }
  const Result<std::string> path = table_path(common.table_uri, common.home);
  if (!path) return path.error();
  Result<SqliteTable> opened = SqliteTable::open(*path, access);
  if (!opened) return opened.error();
  table.sqlite = std::make_unique<SqliteTable>(*std::move(opened));
  return table;
}

Result<void> compile_run_set(const RunTable& table, const SuffixTable& suffixes) {
  if (!table.sqlite) return {};
  const Result<DomainSet> set = table.sqlite->current_set(suffixes);
  if (!set)
    return Error{set.error().code,
                 "the table is changed, but its set could not be compiled: " + set.error().detail};
  print_info("the table holds " + grouped(set->entry_count()) + " entries and " +
             grouped(set->allow_count()) + " allow entries");
  return {};
}

}  // namespace querymark
