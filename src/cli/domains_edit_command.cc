// SPDX-License-Identifier: Apache-2.0
// querymark domains add NAME…, domains remove NAME…: single entries, by hand.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

#include "cli/domains_command.h"
#include "dns/domain_name.h"

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

// Names in the order that an update wants.
class GivenEntries final : public EntryStream {
 public:
  GivenEntries(std::vector<std::string> names, EntryScope scope, bool allow)
      : names_(std::move(names)), scope_(scope), allow_(allow) {
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  }

  Result<std::optional<TableEntry>> next() override {
    if (next_ == names_.size()) return std::optional<TableEntry>();
    return std::optional<TableEntry>({.name = names_[next_++], .scope = scope_, .allow = allow_});
  }

 private:
  std::vector<std::string> names_;
  EntryScope scope_;
  bool allow_;
  size_t next_ = 0;
};

Result<std::string> normal_form(const std::string& text) {
  const DomainName name = normalize_name(text);
  if (!name.ok()) return Error::invalid(text + ": no domain name: " + std::string(to_string(name.error())));
  return std::string(name.text());
}

// The name in normal form, if it may be an entry; warns of what it will not do.
Result<std::string> entry_name(const std::string& text, const AddArguments& arguments,
                               const SuffixTable& suffixes) {
  Result<std::string> name = normal_form(text);
  if (!name) return name;
  if (is_ipv4_text(*name)) return Error::invalid(text + ": an IP address, not a domain name");
  const SuffixMatch match = suffixes.find(*name);
  if (!match.found) return Error::invalid(text + ": no valid top-level domain");
  const bool is_suffix = match.suffix_begin == 0;
  if (is_suffix && match.section == SuffixSection::kIcann && !arguments.force)
    return Error::invalid(text + ": would stand for a whole top-level suffix; --force takes it");
  if (is_suffix)
    print_warning(*name + " is a public suffix: with --match registered it matches that bare name alone");
  const bool is_registrable = match.registrable_begin == 0;
  if (!is_registrable && arguments.keep == "listed" && !arguments.allow)
    print_warning(*name + " is no first-level domain: kept as listed it matches only with --match listed");
  if (!is_registrable && arguments.allow)
    print_warning(*name + " is no first-level domain: it allows only with --match listed");
  return name;
}

ExitStatus run_add(const CommonOptions& common, const AddArguments& arguments) {
  constexpr int64_t kSecondsPerDay = 86'400;
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  std::vector<std::string> names;
  for (const std::string& text : arguments.names) {
    Result<std::string> name = entry_name(text, arguments, *suffixes);
    if (!name) return fail(name.error());
    names.push_back(*std::move(name));
  }
  ListUpdate update;
  update.list = arguments.list;
  update.keep = parse_entry_keep(arguments.keep).value_or(EntryKeep::kRegistered);
  update.note = arguments.note;
  update.now = std::time(nullptr);
  if (arguments.expires_days > 0) update.expires = update.now + arguments.expires_days * kSecondsPerDay;

  AwsAccess aws;
  const Result<RunTable> table = open_run_table(common, TableAccess::kWrite, *suffixes, aws);
  if (!table) return fail(table.error());
  GivenEntries entries(std::move(names), parse_entry_scope(arguments.scope).value_or(EntryScope::kExact),
                       arguments.allow);
  const Result<ListUpdateCounts> counts = (*table)->update_list(update, entries);
  if (!counts) return fail(counts.error());
  print_info("list " + arguments.list + ": " + grouped(counts->added) + " new, " +
             grouped(counts->already_there + counts->repeated) + " already there");
  if (const Result<void> compiled = compile_run_set(*table, *suffixes); !compiled)
    return fail(compiled.error());
  return ExitStatus::kDone;
}

ExitStatus run_remove(const CommonOptions& common, const RemoveArguments& arguments) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  std::vector<std::string> names;
  for (const std::string& text : arguments.names) {
    Result<std::string> name = normal_form(text);
    if (!name) return fail(name.error());
    names.push_back(*std::move(name));
  }
  AwsAccess aws;
  const Result<RunTable> table = open_run_table(common, TableAccess::kRead, *suffixes, aws);
  if (!table) return fail(table.error());
  const Result<std::vector<uint64_t>> removed = (*table)->remove(names, arguments.list, arguments.allow);
  if (!removed) return fail(removed.error());
  ExitStatus status = ExitStatus::kDone;
  for (size_t i = 0; i < names.size(); ++i) {
    if ((*removed)[i] > 0) {
      print_info(names[i] + ": removed from " + grouped((*removed)[i]) +
                 ((*removed)[i] == 1 ? " list" : " lists"));
      continue;
    }
    print_error(names[i] + ": no such " + (arguments.allow ? "allow entry" : "entry") +
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
