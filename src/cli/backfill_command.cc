// SPDX-License-Identifier: Apache-2.0
// querymark backfill and redrive: logs that lie somewhere already, marked into a store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "aws/digest.h"
#include "aws/s3_uri.h"
#include "cli/command.h"
#include "cli/mark_alerts.h"
#include "cli/run_lookup.h"
#include "delivery/backfill.h"
#include "delivery/directory_store.h"
#include "delivery/s3_store.h"

namespace querymark {
namespace {

constexpr unsigned kThreadsDefaultMax = 8;
constexpr unsigned kThreadsMax = 64;
constexpr uint64_t kFailuresShownMax = 20;

struct BackfillArguments {
  std::vector<std::string> from;
  std::string store;
  std::string since;
  std::string until;
  std::string stream = "dns-query-logs";
  std::string prefix = "dns-query-logs/!{timestamp:yyyy/MM/dd/HH}/";
  std::string error_prefix = "delivery-failures/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/";
  std::string match = "registered";
  bool annotate = false;
  unsigned threads = 0;
  bool restart = false;
  std::string alert;
};

// "2026-11-24" or "2026-11-24T10:00:00Z"
Result<std::optional<SystemTime>> read_time(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<SystemTime>();
  const bool is_date = text.find('T') == std::string::npos;
  const std::optional<SystemTime> time = parse_iso8601(is_date ? text + "T00:00:00Z" : text);
  if (!time)
    return Error::invalid(option + " " + text + ": a date, as 2026-11-24, or 2026-11-24T10:00:00Z is wanted");
  return time;
}

Result<std::unique_ptr<ObjectStore>> open_store(const std::string& uri, const std::string& home,
                                                AwsAccess& aws) {
  constexpr std::string_view kFolder = "dir:";
  if (uri.empty()) return make_directory_store(home + "/store");
  if (uri.starts_with(kFolder) && uri.size() > kFolder.size())
    return make_directory_store(std::filesystem::absolute(uri.substr(kFolder.size())));
  if (!S3Uri::is_one(uri)) return Error::invalid("a store is dir:PATH or s3://BUCKET/PREFIX, not " + uri);
  const Result<AwsSession*> session = aws.session();
  return session ? open_s3_store(uri, **session) : Result<std::unique_ptr<ObjectStore>>(session.error());
}

// One a store: what has been put into another one has not been put into this.
std::string checkpoint_path(const std::string& home, const ObjectStore& store) {
  return home + "/backfill/" + to_hex(sha256(store.description())).substr(0, 16) + ".done";
}

class Progress final : public BackfillObserver {
 public:
  // `alerts` may be null.
  Progress(std::span<const BackfillSource> sources, MarkAlerts* alerts)
      : sources_(sources.size()), alerts_(alerts) {
    for (const BackfillSource& source : sources) bytes_ += source.size;
  }

  void matched(std::string_view record, const MatchedRecord& match) override { alerts_->tell(record, match); }

  void failed(const BackfillSource&, const Error& error) override {
    line_.clear();
    if (failures_++ < kFailuresShownMax) print_error(error.detail + "; left out of the store");
    if (failures_ == kFailuresShownMax) print_error("more objects that fail are counted, not shown");
  }

  void progress(const BackfillCounts& counts) override {
    if (!line_.due()) return;
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin_;
    const double rate = static_cast<double>(counts.bytes_in) / std::max(passed.count(), 0.001);
    const double left = static_cast<double>(bytes_ - std::min(bytes_, counts.bytes_in)) / std::max(rate, 1.0);
    line_.draw(fmt::format("{} of {} objects, {:.1f} MB/s, {} records, {} matched, {}:{:02} left",
                           grouped(counts.sources + counts.failed), grouped(sources_), rate / 1e6,
                           grouped(counts.records.records), grouped(counts.records.matched),
                           static_cast<uint64_t>(left) / 60, static_cast<uint64_t>(left) % 60));
  }

  void end() { line_.clear(); }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  uint64_t sources_;
  MarkAlerts* alerts_;
  uint64_t bytes_ = 0;
  uint64_t failures_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  ProgressLine line_;
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

Result<BackfillOptions> backfill_options(const BackfillArguments& arguments) {
  Result<ObjectPrefix> prefix = ObjectPrefix::parse(arguments.prefix, ObjectPrefix::Kind::kRecords);
  if (!prefix) return prefix.error();
  Result<ObjectPrefix> error_prefix =
      ObjectPrefix::parse(arguments.error_prefix, ObjectPrefix::Kind::kErrors);
  if (!error_prefix) return error_prefix.error();
  if (!is_stream_name(arguments.stream))
    return Error::invalid("--stream " + arguments.stream + ": 1 to 64 of A-Z a-z 0-9 _ . - are wanted");
  unsigned threads = arguments.threads;
  if (threads == 0) threads = std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsDefaultMax);
  return BackfillOptions{arguments.stream,
                         *std::move(prefix),
                         *std::move(error_prefix),
                         threads,
                         {.annotate = arguments.annotate, .collect_matches = !arguments.alert.empty()}};
}

Result<std::vector<BackfillSource>> list_sources(const BackfillArguments& arguments, AwsAccess& aws) {
  const Result<std::optional<SystemTime>> since = read_time("--since", arguments.since);
  if (!since) return since.error();
  const Result<std::optional<SystemTime>> until = read_time("--until", arguments.until);
  if (!until) return until.error();
  return list_backfill_sources(arguments.from, {*since, *until}, aws);
}

// The client that reads sources in S3, if there are any.
Result<const S3*> s3_for(std::span<const BackfillSource> sources, AwsAccess& aws) {
  const bool needed = std::any_of(sources.begin(), sources.end(), [](const BackfillSource& source) {
    return source.name.starts_with("s3://");
  });
  return needed ? aws.s3() : Result<const S3*>(nullptr);
}

// Whether all of them were delivered.
bool finish_alerts(MarkAlerts* alerts) {
  if (alerts == nullptr) return true;
  alerts->finish();
  if (alerts->failed() == 0) return true;
  print_error(grouped(alerts->failed()) + " alerts were not delivered: " + alerts->first_error()->detail);
  return false;
}

ExitStatus backfill(const CommonOptions& common, const BackfillArguments& arguments) {
  const Result<BackfillOptions> options = backfill_options(arguments);
  if (!options) return fail(options.error()), ExitStatus::kUsage;
  AwsAccess aws;
  const Result<std::unique_ptr<ObjectStore>> store = open_store(arguments.store, common.home, aws);
  if (!store) return fail(store.error()), ExitStatus::kUsage;
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  const Result<RunLookup> table = RunLookup::open(common, *suffixes, aws);
  if (!table) return fail(table.error());
  if (table->entry_count() == 0)
    print_warning("the table " + table->description() + " is empty: every record is marked N");
  Result<BackfillCheckpoint> checkpoint = BackfillCheckpoint::open(checkpoint_path(common.home, **store));
  if (!checkpoint) return fail(checkpoint.error());
  if (arguments.restart)
    if (const Result<void> cleared = checkpoint->clear(); !cleared) return fail(cleared.error());
  const Result<std::vector<BackfillSource>> listed = list_sources(arguments, aws);
  if (!listed) return fail(listed.error());
  std::vector<BackfillSource> sources;
  for (const BackfillSource& source : *listed)
    if (!checkpoint->has(source)) sources.push_back(source);
  const Result<const S3*> s3 = s3_for(sources, aws);
  if (!s3) return fail(s3.error());

  const MatchMode mode = *parse_match_mode(arguments.match);
  const Result<std::unique_ptr<MarkAlerts>> alerts = open_mark_alerts(arguments.alert, *suffixes, aws);
  if (!alerts) return fail(alerts.error());
  Progress progress(sources, alerts->get());
  const Result<BackfillCounts> counts = run_backfill(
      sources, *s3, **store, *checkpoint, *suffixes, [&] { return table->make(mode); }, *options, progress);
  progress.end();
  const bool all_told = finish_alerts(alerts->get());
  if (!counts) return fail(counts.error());
  print_summary(*counts, listed->size() - sources.size(), progress.seconds());
  if (counts->failed > 0 || !all_told) return ExitStatus::kFailed;
  return counts->records.rejected > 0 ? ExitStatus::kRejected : ExitStatus::kDone;
}

void add_store_options(CLI::App& verb, BackfillArguments& arguments, const char* store_option) {
  verb.add_option(store_option, arguments.store,
                  "Where objects go: dir:PATH or s3://BUCKET/PREFIX (default: the folder store in the home)")
      ->type_name("URI");
  verb.add_option("--stream", arguments.stream, "Name of the stream, with which objects' names begin")
      ->type_name("NAME")
      ->capture_default_str();
  verb.add_option("--prefix", arguments.prefix, "Prefix of objects' keys, with expressions as Firehose's")
      ->type_name("PREFIX")
      ->capture_default_str();
  verb.add_option("--error-prefix", arguments.error_prefix, "Prefix of objects with what could not be marked")
      ->type_name("PREFIX")
      ->capture_default_str();
}

void add_work_options(CLI::App& verb, BackfillArguments& arguments) {
  verb.add_option("--since", arguments.since, "Only objects of this time or later, by their names")
      ->type_name("TIME");
  verb.add_option("--until", arguments.until, "Only objects before this time")->type_name("TIME");
  verb.add_option("--match", arguments.match, "By first-level domain, or by the most specific listed name")
      ->check(CLI::IsMember({"registered", "listed"}))
      ->capture_default_str();
  verb.add_flag("--annotate", arguments.annotate, "Add registeredDomain, and match to what matched");
  verb.add_option("--threads", arguments.threads,
                  "Objects that are marked at a time (default: the processors, at most 8)")
      ->check(CLI::Range(1U, kThreadsMax))
      ->type_name("N");
  verb.add_option("--alert", arguments.alert, "Notify of each match, as mark does")->type_name("URI");
  verb.add_flag("--restart", arguments.restart, "Forget which objects are done");
}

}  // namespace

void add_backfill_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto arguments = std::make_shared<BackfillArguments>();
  CLI::App* verb = app.add_subcommand("backfill", "Mark logs that lie in folders or S3 already into a store");
  verb->add_option("FROM", arguments->from, "Files, folders, s3://BUCKET/PREFIX/")->required();
  add_store_options(*verb, *arguments, "--to");
  add_work_options(*verb, *arguments);
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return backfill(common, *arguments); };
  });
}

void add_redrive_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto arguments = std::make_shared<BackfillArguments>();
  CLI::App* verb =
      app.add_subcommand("redrive", "Mark again what lies under error prefixes, Firehose's or ours");
  verb->add_option("FROM", arguments->from, "Files, folders, s3://BUCKET/PREFIX/ of error objects")
      ->required();
  add_store_options(*verb, *arguments, "--store");
  add_work_options(*verb, *arguments);
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return backfill(common, *arguments); };
  });
}

}  // namespace querymark
