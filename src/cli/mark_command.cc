// SPDX-License-Identifier: Apache-2.0
// querymark mark: files of records in, marked records out.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "alert/alert_sink.h"
#include "cli/command.h"
#include "cli/mark_inputs.h"
#include "cli/mark_report.h"
#include "cli/output_file.h"
#include "import/marking_table.h"
#include "mark/stream_marker.h"

namespace querymark {
namespace {

// More threads than this wait for each other's output; memory stays in its bound.
constexpr unsigned kThreadsDefaultMax = 8;
constexpr unsigned kThreadsMax = 64;

struct MarkArguments {
  std::vector<std::string> paths;
  std::string output = "-";
  bool gzip = false;
  std::string rejects;
  std::string match = "registered";
  bool annotate = false;
  unsigned threads = 0;
  std::string alert;
  std::string stats;
};

void warn_of_table(const MarkingTable& table, MatchMode mode) {
  if (table.entry_count() == 0) {
    print_warning("the table " + table.description() + " is empty: every record is marked N");
    return;
  }
  const uint64_t unmatchable = table.unmatchable_count(mode);
  if (unmatchable == 0) return;
  print_warning(grouped(unmatchable) + " of " + grouped(table.entry_count()) +
                " entries cannot match by --match " + std::string(to_string(mode)) +
                " (see querymark domains check)");
}

StreamMarkerOptions stream_options(const MarkArguments& arguments) {
  StreamMarkerOptions options;
  options.threads = arguments.threads;
  if (options.threads == 0)
    options.threads = std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsDefaultMax);
  options.gzip_output = arguments.gzip || arguments.output.ends_with(".gz");
  options.mark.annotate = arguments.annotate;
  options.mark.collect_matches = !arguments.alert.empty();
  return options;
}

void print_summary(const MarkArguments& arguments, const MarkSummary& summary) {
  if (arguments.stats == "json") {
    std::fprintf(stderr, "%s\n", summary_json(summary).c_str());
  } else {
    print_info(summary_text(summary));
  }
}

// Something could not be done, though the output stands.
bool has_failures(const MarkReport& report, const StreamTotals& totals) {
  if (totals.counts.lookups_failed > 0) {
    print_error(grouped(totals.counts.lookups_failed) +
                " records were rejected because the table gave no answer; run `querymark domains check`");
  }
  if (report.alerts_failed() > 0) print_error(grouped(report.alerts_failed()) + " alerts were not delivered");
  return report.has_damage() || totals.counts.lookups_failed > 0 || report.alerts_failed() > 0;
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat status_a {};
  struct stat status_b {};
  return ::stat(a.c_str(), &status_a) == 0 && ::stat(b.c_str(), &status_b) == 0 &&
         S_ISREG(status_a.st_mode) && status_a.st_dev == status_b.st_dev &&
         status_a.st_ino == status_b.st_ino;
}

// Opening it for writing would empty it.
Result<void> require_separate(const std::string& rejects, const MarkArguments& arguments) {
  if (rejects == arguments.output)
    return Error::invalid("--rejects and --output name the same file: " + rejects);
  for (const std::string& path : arguments.paths) {
    if (is_same_file(rejects, path))
      return Error::invalid("--rejects names a file that is to be read: " + rejects);
  }
  return {};
}

Result<std::unique_ptr<MarkReport>> make_report(const MarkArguments& arguments, uint64_t bytes_total,
                                                const SuffixTable& suffixes, AwsAccess& aws) {
  UniqueFd rejects;
  if (!arguments.rejects.empty()) {
    const Result<void> separate = require_separate(arguments.rejects, arguments);
    if (!separate) return separate.error();
    Result<UniqueFd> opened = open_for_writing(arguments.rejects, true);
    if (!opened) return opened.error();
    rejects = *std::move(opened);
  }
  Result<std::unique_ptr<MarkAlerts>> alerts = open_mark_alerts(arguments.alert, suffixes, aws);
  if (!alerts) return alerts.error();
  return std::make_unique<MarkReport>(arguments.rejects, std::move(rejects), *std::move(alerts), bytes_total);
}

ExitStatus mark(const CommonOptions& common, const MarkArguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  AwsAccess aws;
  Result<MarkInputs> inputs = MarkInputs::resolve(arguments.paths, aws);
  if (!inputs) return fail(inputs.error());
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  const Result<MarkingTable> table = MarkingTable::open(common.table_uri, common.home, *suffixes, aws);
  if (!table) return fail(table.error());
  const MatchMode mode = *parse_match_mode(arguments.match);
  warn_of_table(*table, mode);
  const Result<std::unique_ptr<MarkReport>> made =
      make_report(arguments, inputs->total_size(), *suffixes, aws);
  if (!made) return fail(made.error());
  MarkReport& report = **made;
  Result<OutputFile> output = OutputFile::open(arguments.output, aws);
  if (!output) return fail(output.error());

  const MakeLookup make_lookup = [&] { return table->make(mode); };
  StreamMarkerOptions options = stream_options(arguments);
  options.open_input = [&inputs](const std::string&) { return inputs->open_next(); };
  const Result<StreamTotals> totals =
      mark_streams(inputs->paths(), output->fd(), output->path(), *suffixes, make_lookup, options, report);
  report.finish_alerts();
  report.end_progress();
  if (!totals && totals.error().code == Errc::kClosed) {
    if (const Result<void> failed = output->failure(); !failed) return fail(failed.error());
    end_by_sigpipe();
  }
  if (!totals) return fail(totals.error());
  if (const Result<void> committed = output->commit(); !committed) return fail(committed.error());

  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  print_summary(arguments, {.totals = *totals,
                            .alerts_sent = report.alerts_sent(),
                            .alerts_failed = report.alerts_failed(),
                            .table_entries = table->entry_count(),
                            .table = table->description(),
                            .suffix_list = suffixes->identity(),
                            .match = mode,
                            .seconds = seconds.count()});
  if (has_failures(report, *totals)) return ExitStatus::kFailed;
  return totals->counts.rejected > 0 ? ExitStatus::kRejected : ExitStatus::kDone;
}

}  // namespace

void add_mark_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto arguments = std::make_shared<MarkArguments>();
  CLI::App* verb =
      app.add_subcommand("mark", "Mark the records of query logs: isMatchedDomain \"Y\" or \"N\"");
  verb->add_option("FILE", arguments->paths,
                   "Logs, plain or gzip: files, s3://BUCKET/KEY or a prefix that ends in /; - is standard "
                   "input (default)");
  verb->add_option("--output", arguments->output,
                   "Where marked records go, a file or s3://BUCKET/KEY; compressed where it ends in .gz")
      ->type_name("FILE")
      ->capture_default_str();
  verb->add_flag("--gzip", arguments->gzip, "Compress the output");
  verb->add_option("--rejects", arguments->rejects, "Keep what could not be marked, byte for byte")
      ->type_name("FILE");
  verb->add_option("--match", arguments->match, "By first-level domain, or by the most specific listed name")
      ->check(CLI::IsMember({"registered", "listed"}))
      ->capture_default_str();
  verb->add_flag("--annotate", arguments->annotate, "Add registeredDomain, and match to what matched");
  verb->add_option("--threads", arguments->threads, "Threads that mark (default: the processors, at most 8)")
      ->check(CLI::Range(1U, kThreadsMax))
      ->type_name("N");
  verb->add_option("--alert", arguments->alert,
                   "Notify of each match: file:PATH, exec:PROGRAM, sns:ARN or https://HOST/PATH")
      ->type_name("URI");
  verb->add_option("--stats", arguments->stats, "How the numbers at the end are written")
      ->check(CLI::IsMember({"text", "json"}));
  verb->callback([&common, &action, arguments] {
    if (arguments->paths.empty()) arguments->paths = {"-"};
    action = [&common, arguments] { return mark(common, *arguments); };
  });
}

}  // namespace querymark
