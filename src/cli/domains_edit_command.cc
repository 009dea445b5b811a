// SPDX-License-Identifier: Apache-2.0
// querymark domains add NAME…, domains remove NAME…: single entries, by hand.
#include <CLI/CLI.hpp>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

#include "cli/domains_command.h"
#include "import/entry_edit.h"

namespace querymark {
namespace {

struct AddArguments {
  std::vector<std::string> names;
  std::string list = "manual";
  std::string scope = "exact";
  std::string keep = "registered";
  std::optional<std::string> note;
  int64_t expires_days = 0;
  bool allow = false;
  bool force = false;
};

struct RemoveArguments {
  std::vector<std::string> names;
  std::string list;
  bool allow = false;
};

ExitStatus run_add(const CommonOptions& common, const AddArguments& arguments) {
  constexpr int64_t kSecondsPerDay = 86'400;
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  EntryEdit edit{.names = arguments.names,
                 .list = arguments.list,
                 .scope = parse_entry_scope(arguments.scope).value_or(EntryScope::kExact),
                 .keep = parse_entry_keep(arguments.keep).value_or(EntryKeep::kRegistered),
                 .note = arguments.note,
                 .now = std::time(nullptr),
                 .allow = arguments.allow,
                 .force = arguments.force};
  if (arguments.expires_days > 0) edit.expires = edit.now + arguments.expires_days * kSecondsPerDay;

  AwsAccess aws;
  const Result<RunTable> table = open_run_table(common, TableAccess::kWrite, *suffixes, aws);
  if (!table) return fail(table.error());
  const Result<EntryEditOutcome> outcome = add_entries(edit, *suffixes, **table);
  if (!outcome) return fail(outcome.error());
  for (const std::string& warning : outcome->warnings) print_warning(warning);
  const ListUpdateCounts& counts = outcome->counts;
  print_info("list " + arguments.list + ": " + grouped(counts.added) + " new, " +
             grouped(counts.already_there + counts.repeated) + " already there");
  if (const Result<void> compiled = compile_run_set(*table, *suffixes); !compiled)
    return fail(compiled.error());
  return ExitStatus::kDone;
}

ExitStatus run_remove(const CommonOptions& common, const RemoveArguments& arguments) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  const Result<std::vector<std::string>> names = normal_names(arguments.names);
  if (!names) return fail(names.error());
  AwsAccess aws;
  const Result<RunTable> table = open_run_table(common, TableAccess::kRead, *suffixes, aws);
  if (!table) return fail(table.error());
  const Result<std::vector<uint64_t>> removed = (*table)->remove(*names, arguments.list, arguments.allow);
  if (!removed) return fail(removed.error());
  ExitStatus status = ExitStatus::kDone;
  for (size_t i = 0; i < names->size(); ++i) {
    if ((*removed)[i] > 0) {
      print_info((*names)[i] + ": removed from " + grouped((*removed)[i]) +
                 ((*removed)[i] == 1 ? " list" : " lists"));
      continue;
    }
    print_error((*names)[i] + ": no such " + (arguments.allow ? "allow entry" : "entry") +
                (arguments.list.empty() ? "" : " in the list " + arguments.list));
    status = ExitStatus::kFailed;
  }
  if (const Result<void> compiled = compile_run_set(*table, *suffixes); !compiled)
    return fail(compiled.error());
  return status;
}

}  // namespace

void add_domains_add_command(CLI::App& domains, const CommonOptions& common, Action& action) {
  CLI::App* verb = domains.add_subcommand("add", "Add names to a list");
  auto arguments = std::make_shared<AddArguments>();
  verb->add_option("names", arguments->names, "Domain names")->type_name("NAME")->required();
  verb->add_option("--list", arguments->list, "List they are added to")
      ->type_name("NAME")
      ->capture_default_str();
  verb->add_option("--scope", arguments->scope, "The name alone, or it and everything below")
      ->check(CLI::IsMember({"exact", "subtree"}))
      ->capture_default_str();
  verb->add_option("--keep", arguments->keep, "Names count as their first-level domain, or as listed")
      ->check(CLI::IsMember({"registered", "listed"}))
      ->capture_default_str();
  verb->add_flag("--allow", arguments->allow,
                 "As allow entries: they are not interesting whatever lists say");
  verb->add_option("--note", arguments->note, "Why, for those who ask explain")->type_name("TEXT");
  verb->add_option("--expires", arguments->expires_days, "They end so many days from now")
      ->check(CLI::Range(1, 36'500))
      ->type_name("DAYS");
  verb->add_flag("--force", arguments->force, "Take ICANN suffixes such as com");
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return run_add(common, *arguments); };
  });
}

void add_domains_remove_command(CLI::App& domains, const CommonOptions& common, Action& action) {
  CLI::App* verb = domains.add_subcommand("remove", "Remove names from a list, or from all");
  auto arguments = std::make_shared<RemoveArguments>();
  verb->add_option("names", arguments->names, "Domain names, as they stand in the lists")
      ->type_name("NAME")
      ->required();
  verb->add_option("--list", arguments->list, "List they are removed from (default: all)")->type_name("NAME");
  verb->add_flag("--allow", arguments->allow, "Allow entries in place of interesting ones");
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return run_remove(common, *arguments); };
  });
}

}  // namespace querymark
