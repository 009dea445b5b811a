// SPDX-License-Identifier: Apache-2.0
// querymark backfill: logs that lie somewhere already, marked into a store.
#include "cli/backfill_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <thread>

#include "cli/delivery_options.h"
#include "cli/mark_alerts.h"
#include "delivery/backfill.h"
#include "import/marking_table.h"

namespace querymark {
namespace {

constexpr unsigned kThreadsDefaultMax = 8;
constexpr unsigned kThreadsMax = 64;

class Observer final : public BackfillObserver {
 public:
  // `alerts` may be null.
  Observer(BackfillProgress& progress, MarkAlerts* alerts) : progress_(progress), alerts_(alerts) {}

  void matched(std::string_view record, const MatchedRecord& match) override { alerts_->tell(record, match); }
  void failed(const BackfillSource&, const Error& error) override {
    progress_.tell_failure(error.detail + "; left out of the store");
  }
  void progress(const BackfillCounts& counts) override {
    progress_.draw(
        counts.sources + counts.failed, counts.bytes_in,
        grouped(counts.records.records) + " records, " + grouped(counts.records.matched) + " matched");
  }

 private:
  BackfillProgress& progress_;
  MarkAlerts* alerts_;
};

void print_summary(const BackfillCounts& counts, size_t done_before, double seconds) {
  const MarkCounts& records = counts.records;
  print_info(fmt::format(
      "{} objects delivered, {} done before, {} failed\n"
      "{} records in = {} matched + {} unmatched + {} rejected + {} control\n"
      "{:.1f} MB in, {:.2f} s",
      grouped(counts.sources), grouped(done_before), grouped(counts.failed), grouped(records.records),
      grouped(records.matched), grouped(records.unmatched), grouped(records.rejected),
      grouped(records.control), static_cast<double>(counts.bytes_in) / 1e6, seconds));
}

BackfillOptions backfill_options(const BackfillArguments& arguments, const OpenedTarget& target) {
  unsigned threads = arguments.threads;
  if (threads == 0) threads = std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsDefaultMax);
  return {arguments.target.stream,
          target.prefix,
          target.error_prefix,
          threads,
          {.annotate = arguments.annotate, .collect_matches = !arguments.alert.empty()}};
}

// Whether all of them were delivered.
bool finish_alerts(MarkAlerts* alerts) {
  if (alerts == nullptr) return true;
  alerts->finish();
  if (alerts->failed() == 0) return true;
  print_error(grouped(alerts->failed()) + " alerts were not delivered: " + alerts->first_error()->detail);
  return false;
}

}  // namespace

ExitStatus backfill(const CommonOptions& common, const BackfillArguments& arguments) {
  AwsAccess aws;
  const Result<OpenedTarget> target = open_delivery_target(arguments.target, common.home, aws);
  if (!target) return fail(target.error()), ExitStatus::kUsage;
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  const Result<MarkingTable> table = MarkingTable::open(common.table_uri, common.home, *suffixes, aws);
  if (!table) return fail(table.error());
  if (table->entry_count() == 0)
    print_warning("the table " + table->description() + " is empty: every record is marked N");
  Result<BackfillWork> work =
      find_backfill_work(arguments.source, common.home, target->store->description(), aws);
  if (!work) return fail(work.error());
  const Result<std::unique_ptr<MarkAlerts>> alerts = open_mark_alerts(arguments.alert, *suffixes, aws);
  if (!alerts) return fail(alerts.error());

  const MatchMode mode = *parse_match_mode(arguments.match);
  BackfillProgress progress(work->sources);
  Observer observer(progress, alerts->get());
  const Result<BackfillCounts> counts = run_backfill(
      work->sources, work->s3, *target->store, work->checkpoint, *suffixes, [&] { return table->make(mode); },
      backfill_options(arguments, *target), observer);
  progress.end();
  const bool all_told = finish_alerts(alerts->get());
  if (!counts) return fail(counts.error());
  print_summary(*counts, work->done_before, progress.seconds());
  if (counts->failed > 0 || !all_told) return ExitStatus::kFailed;
  return counts->records.rejected > 0 ? ExitStatus::kRejected : ExitStatus::kDone;
}

void add_marking_options(CLI::App& verb, BackfillArguments& arguments) {
  verb.add_option("--match", arguments.match, "By first-level domain, or by the most specific listed name")
      ->check(CLI::IsMember({"registered", "listed"}))
      ->capture_default_str();
  verb.add_flag("--annotate", arguments.annotate, "Add registeredDomain, and match to what matched");
  verb.add_option("--threads", arguments.threads,
                  "Objects that are marked at a time (default: the processors, at most 8)")
      ->check(CLI::Range(1U, kThreadsMax))
      ->type_name("N");
  verb.add_option("--alert", arguments.alert, "Notify of each match, as mark does")->type_name("URI");
}

void add_backfill_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto arguments = std::make_shared<BackfillArguments>();
  CLI::App* verb = app.add_subcommand("backfill", "Mark logs that lie in folders or S3 already into a store");
  add_source_options(*verb, "", arguments->source);
  add_delivery_target_options(*verb, "--to", "Delivery", arguments->target);
  add_marking_options(*verb, *arguments);
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return backfill(common, *arguments); };
  });
}

}  // namespace querymark
