// SPDX-License-Identifier: Apache-2.0
// querymark domains list, domains lists, domains export: what the table holds.
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "cli/domains_command.h"
#include "cli/output_stream.h"
#include "domains/entry_text.h"
#include "import/entry_sorter.h"

namespace querymark {
namespace {

struct ListArguments {
  EntryFilter filter;
  std::string format = "text";
};

// A reader that has seen enough (`| head`) is no failure.
ExitStatus finish(OutputStream& out, const Result<void>& read) {
  if (!read) return fail(read.error());
  const Result<void> written = out.finish();
  if (!written && written.error().code != Errc::kClosed) return fail(written.error());
  return ExitStatus::kDone;
}

Result<RunTable> open_to_read(const CommonOptions& common, AwsAccess& aws) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return suffixes.error();
  return open_run_table(common, TableAccess::kRead, *suffixes, aws);
}

ExitStatus run_list(const CommonOptions& common, const ListArguments& arguments) {
  AwsAccess aws;
  const Result<RunTable> table = open_to_read(common, aws);
  if (!table) return fail(table.error());
  OutputStream out;
  const Result<void> read = (*table)->visit_entries(arguments.filter, [&](const StoredEntry& entry) {
    out.write_line(arguments.format == "json" ? entry_json(entry) : entry_text(entry));
    return !out.failed();
  });
  return finish(out, read);
}

std::string list_text(const ListSummary& list) {
  std::string text = list.name + ": " + grouped(list.entries) + " entries";
  if (list.allow_entries > 0) text += ", " + grouped(list.allow_entries) + " allow entries";
  if (list.expired > 0) text += ", " + grouped(list.expired) + " of them expired";
  if (list.last_import > 0)
    text += "; imported " + time_text(list.last_import) +
            (list.source.empty() ? "" : " from " + list.source + " (" + list.format + ")");
  if (list.last_result.starts_with("failed"))
    text += "; " + time_text(list.last_attempt) + " " + list.last_result;
  return text;
}

ExitStatus run_lists(const CommonOptions& common, const std::string& format) {
  AwsAccess aws;
  const Result<RunTable> table = open_to_read(common, aws);
  if (!table) return fail(table.error());
  const Result<std::vector<ListSummary>> lists = (*table)->lists();
  if (!lists) return fail(lists.error());
  OutputStream out;
  for (const ListSummary& list : *lists) out.write_line(format == "json" ? list_json(list) : list_text(list));
  return finish(out, {});
}

// Names of a table that knows no order.
Result<void> visit_names_sorted(DomainTable& table, bool allow,
                                const std::function<bool(std::string_view)>& visit) {
  EntrySorter sorter;
  Result<void> sorted;
  Result<void> read = table.visit_names(allow, [&](std::string_view name) {
    sorted = sorter.add({.name = name});
    return sorted.has_value();
  });
  if (!read) return read;
  if (sorted) sorted = sorter.sort();
  while (sorted) {
    const Result<std::optional<SortEntry>> next = sorter.next();
    if (!next) return next.error();
    if (!*next || !visit((*next)->name)) return {};
  }
  return sorted;
}

ExitStatus run_export(const CommonOptions& common, bool allow) {
  AwsAccess aws;
  const Result<RunTable> table = open_to_read(common, aws);
  if (!table) return fail(table.error());
  OutputStream out;
  const auto print = [&out](std::string_view name) {
    out.write_line(name);
    return !out.failed();
  };
  return finish(
      out, table->dynamodb ? visit_names_sorted(**table, allow, print) : (*table)->visit_names(allow, print));
}

}  // namespace

void add_domains_list_command(CLI::App& domains, const CommonOptions& common, Action& action) {
  CLI::App* verb = domains.add_subcommand("list", "Print entries with where they come from");
  auto arguments = std::make_shared<ListArguments>();
  verb->add_option("pattern", arguments->filter.pattern,
                   "Part of the name, or with * and ? a pattern for all of it")
      ->type_name("PATTERN");
  verb->add_option("--list", arguments->filter.list, "Entries of this list only")->type_name("NAME");
  verb->add_flag("--allow", arguments->filter.allow, "Allow entries in place of interesting ones");
  verb->add_option("--format", arguments->format, "Form of the output")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return run_list(common, *arguments); };
  });
}

void add_domains_lists_command(CLI::App& domains, const CommonOptions& common, Action& action) {
  CLI::App* verb = domains.add_subcommand("lists", "Print the lists: how many entries, when last imported");
  auto format = std::make_shared<std::string>("text");
  verb->add_option("--format", *format, "Form of the output")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback(
      [&common, &action, format] { action = [&common, format] { return run_lists(common, *format); }; });
}

void add_domains_export_command(CLI::App& domains, const CommonOptions& common, Action& action) {
  CLI::App* verb = domains.add_subcommand("export", "Print the names, each once, sorted, one a line");
  auto allow = std::make_shared<bool>(false);
  verb->add_flag("--allow", *allow, "Allow entries in place of interesting ones");
  verb->callback(
      [&common, &action, allow] { action = [&common, allow] { return run_export(common, *allow); }; });
}

}  // namespace querymark
