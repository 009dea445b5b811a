// SPDX-License-Identifier: Apache-2.0
// querymark domains import FILE|URL…: lists into the table.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

#include "cli/domains_command.h"
#include "import/import_receipt.h"
#include "import/importer.h"
#include "import/remote_source.h"

namespace querymark {
namespace {

struct ImportArguments {
  std::vector<std::string> files;
  std::string list;
  std::string format = "auto";
  std::string column;
  std::string keep = "registered";
  std::string exceptions = "skip";
  std::string receipt;
  std::string stats = "text";
  int64_t expires_days = 0;
  bool allow = false;
  bool mirror = false;
  bool force = false;
  bool dry_run = false;
};

// Files that go into one list.
struct ListFiles {
  std::string list;
  std::vector<std::string> files;
};

std::vector<ListFiles> files_by_list(const ImportArguments& arguments) {
  std::vector<ListFiles> lists;
  for (const std::string& file : arguments.files) {
    const std::string name = arguments.list.empty() ? list_name_of(file) : arguments.list;
    auto list =
        std::find_if(lists.begin(), lists.end(), [&](const ListFiles& other) { return other.list == name; });
    if (list == lists.end()) list = lists.insert(lists.end(), {name, {}});
    list->files.push_back(file);
  }
  return lists;
}

ImportOptions options_for(const ImportArguments& arguments, const std::string& list) {
  constexpr int64_t kSecondsPerDay = 86'400;
  ImportOptions options;
  options.list = list;
  options.reader.format = parse_list_format(arguments.format).value_or(ListFormat::kAuto);
  options.reader.column = arguments.column;
  options.reader.exceptions =
      arguments.exceptions == "allow" ? ExceptionPolicy::kAllow : ExceptionPolicy::kSkip;
  options.reader.take_icann_suffixes = arguments.force;
  options.keep = parse_entry_keep(arguments.keep).value_or(EntryKeep::kRegistered);
  options.allow = arguments.allow;
  options.mirror = arguments.mirror;
  options.force = arguments.force;
  options.dry_run = arguments.dry_run;
  options.now = std::time(nullptr);
  if (arguments.expires_days > 0) options.expires = options.now + arguments.expires_days * kSecondsPerDay;
  return options;
}

std::string progress_text(const ImportProgress& progress) {
  if (progress.source == nullptr) return "writing: " + grouped(progress.names) + " entries";
  std::string text = *progress.source + ": ";
  if (progress.fraction) text += std::to_string(static_cast<int>(*progress.fraction * 100)) + " %, ";
  return text + grouped(progress.names) + " names";
}

Result<ImportSummary> import_files(const ImportArguments& arguments, const ListFiles& list,
                                   const SuffixTable& suffixes, DomainTable& table, AwsAccess& aws,
                                   ImportReceipt* receipt) {
  std::vector<std::unique_ptr<ListSource>> sources;
  for (const std::string& file : list.files) {
    Result<std::unique_ptr<ListSource>> source = open_list(file, aws);
    if (!source) return source.error();
    sources.push_back(*std::move(source));
  }
  ProgressLine line;
  return import_list(options_for(arguments, list.list), sources, suffixes, table, receipt,
                     [&line](const ImportProgress& progress) {
                       if (line.due()) line.draw(progress_text(progress));
                     });
}

std::string skipped_text(const ImportSummary& summary) {
  std::string reasons;
  for (size_t i = 0; i < kSkipReasonCount; ++i) {
    if (summary.skipped[i] == 0) continue;
    reasons += (reasons.empty() ? " (" : ", ") + grouped(summary.skipped[i]) + " " +
               std::string(to_string(static_cast<SkipReason>(i)));
  }
  return grouped(summary.skipped_total()) + " skipped" + reasons + (reasons.empty() ? "" : ")");
}

void print_summary(const ImportSummary& summary, bool dry_run) {
  for (const ImportedSource& source : summary.sources) {
    print_info(source.name + ": read as " + std::string(to_string(source.format)) + " (" +
               source.format_reason + ")");
  }
  print_info("list " + summary.list + (dry_run ? ", dry run: " : ": ") + grouped(summary.lines) + " lines, " +
             grouped(summary.names_found) + " names found: " + grouped(summary.table.added) + " new, " +
             grouped(summary.table.already_there) + " already there, " + skipped_text(summary) + "; " +
             grouped(summary.table.removed) + " removed");
}

void print_warnings(const ImportSummary& summary) {
  const std::string prefix = "list " + summary.list + ": ";
  if (summary.names_found == 0) print_warning(prefix + "no names were found");
  if (summary.public_suffixes > 0)
    print_warning(
        prefix + grouped(summary.public_suffixes) +
        " names are public suffixes: with --match registered such an entry matches that bare name alone");
  if (summary.only_listed > 0)
    print_warning(prefix + grouped(summary.only_listed) +
                  " entries kept as listed are no first-level domains: they match only with --match listed");
  if (const uint64_t suffixes = summary.skipped[static_cast<size_t>(SkipReason::kIcannSuffix)]; suffixes > 0)
    print_warning(prefix + grouped(suffixes) +
                  " names would stand for a whole top-level suffix and were skipped; --force takes them");
}

Result<std::vector<ImportOutcome>> import_all(const ImportArguments& arguments, const SuffixTable& suffixes,
                                              DomainTable& table, AwsAccess& aws, ImportReceipt* receipt) {
  std::vector<ImportOutcome> outcomes;
  for (const ListFiles& list : files_by_list(arguments)) {
    ImportOutcome& outcome = outcomes.emplace_back();
    Result<ImportSummary> summary = import_files(arguments, list, suffixes, table, aws, receipt);
    if (summary) {
      outcome.summary = *std::move(summary);
      print_summary(outcome.summary, arguments.dry_run);
      print_warnings(outcome.summary);
      continue;
    }
    // The other lists are imported all the same: one dead feed must not stop them.
    outcome.summary.list = list.list;
    outcome.failure = summary.error().detail;
    print_error(summary.error());
    if (arguments.dry_run) continue;
    const Result<void> recorded = table.record_failure(list.list, std::time(nullptr), outcome.failure);
    if (!recorded) return recorded.error();
  }
  return outcomes;
}

ExitStatus run_import(const CommonOptions& common, const ImportArguments& arguments) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  std::optional<ImportReceipt> receipt;
  if (!arguments.receipt.empty()) {
    Result<ImportReceipt> created = ImportReceipt::create(arguments.receipt);
    if (!created) return fail(created.error());
    receipt = *std::move(created);
  }
  AwsAccess aws;
  const Result<RunTable> table = open_run_table(
      common, arguments.dry_run ? TableAccess::kReadOrEmpty : TableAccess::kWrite, *suffixes, aws);
  if (!table) return fail(table.error());

  const Result<std::vector<ImportOutcome>> outcomes =
      import_all(arguments, *suffixes, **table, aws, receipt ? &*receipt : nullptr);
  if (!outcomes) return fail(outcomes.error());
  const std::string json = import_summary_json(*outcomes);
  if (!arguments.dry_run) {
    if (const Result<void> compiled = compile_run_set(*table, *suffixes); !compiled)
      return fail(compiled.error());
  }
  if (receipt) {
    if (const Result<void> finished = receipt->finish(json); !finished) return fail(finished.error());
  }
  if (arguments.stats == "json") std::fprintf(stderr, "%s\n", json.c_str());
  const bool all_done = std::all_of(outcomes->begin(), outcomes->end(),
                                    [](const ImportOutcome& outcome) { return outcome.failure.empty(); });
  return all_done ? ExitStatus::kDone : ExitStatus::kFailed;
}

}  // namespace

void add_domains_import_command(CLI::App& domains, const CommonOptions& common, Action& action) {
  CLI::App* verb = domains.add_subcommand("import", "Import lists of domains");
  auto arguments = std::make_shared<ImportArguments>();
  verb->add_option(
          "files", arguments->files,
          "Lists, plain or gzip: files, http:// and https:// URLs, s3://BUCKET/KEY; - is standard input")
      ->type_name("FILE")
      ->required();
  verb->add_option("--list", arguments->list, "Name of the list (default: each file's base name)")
      ->type_name("NAME");
  verb->add_option("--format", arguments->format, "Form of the files")
      ->check(
          CLI::IsMember({"auto", "text", "domains", "hosts", "adblock", "rpz", "csv", "dnsmasq", "unbound"}))
      ->capture_default_str();
  verb->add_option("--column", arguments->column,
                   "Column of a CSV that holds the domains: its name or number")
      ->type_name("NAME");
  verb->add_option("--keep", arguments->keep, "Names count as their first-level domain, or as listed")
      ->check(CLI::IsMember({"registered", "listed"}))
      ->capture_default_str();
  verb->add_flag("--allow", arguments->allow, "All that the files name is allowed, not interesting");
  verb->add_option("--exceptions", arguments->exceptions, "Exceptions that the files make")
      ->check(CLI::IsMember({"skip", "allow"}))
      ->capture_default_str();
  verb->add_option("--expires", arguments->expires_days, "Entries end so many days from now")
      ->check(CLI::Range(1, 36'500))
      ->type_name("DAYS");
  verb->add_flag("--mirror", arguments->mirror, "Remove from the list what the files do not hold");
  verb->add_flag("--force", arguments->force,
                 "Take ICANN suffixes such as com; mirror even where that halves or empties the list");
  verb->add_flag("--dry-run", arguments->dry_run, "Say what would be done, change nothing");
  verb->add_option("--receipt", arguments->receipt, "Write what was left out, and why, as lines of JSON")
      ->type_name("FILE");
  verb->add_option("--stats", arguments->stats, "Form of the summary on stderr")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return run_import(common, *arguments); };
  });
}

}  // namespace querymark
