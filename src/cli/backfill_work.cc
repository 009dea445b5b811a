// SPDX-License-Identifier: Apache-2.0
#include "cli/backfill_work.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "aws/digest.h"

namespace querymark {
namespace {

constexpr uint64_t kFailuresShownMax = 20;

// "2026-11-24" or "2026-11-24T10:00:00Z"
Result<std::optional<SystemTime>> read_time(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<SystemTime>();
  const bool is_date = text.find('T') == std::string::npos;
  const std::optional<SystemTime> time = parse_iso8601(is_date ? text + "T00:00:00Z" : text);
  if (!time)
    return Error::invalid(option + " " + text + ": a date, as 2026-11-24, or 2026-11-24T10:00:00Z is wanted");
  return time;
}

Result<std::vector<BackfillSource>> list_sources(const SourceArguments& arguments, AwsAccess& aws) {
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

}  // namespace

void add_source_options(CLI::App& verb, const std::string& what, SourceArguments& arguments) {
  verb.add_option("FROM", arguments.from, "Files, folders, s3://BUCKET/PREFIX/" + what)->required();
  verb.add_option("--since", arguments.since, "Only objects of this time or later, by their names")
      ->type_name("TIME");
  verb.add_option("--until", arguments.until, "Only objects before this time")->type_name("TIME");
  verb.add_flag("--restart", arguments.restart, "Forget which objects are done");
}

Result<BackfillWork> find_backfill_work(const SourceArguments& arguments, const std::string& home,
                                        const std::string& destination, AwsAccess& aws) {
  const std::string name = to_hex(sha256(destination)).substr(0, 16);
  Result<BackfillCheckpoint> checkpoint = BackfillCheckpoint::open(home + "/backfill/" + name + ".done");
  if (!checkpoint) return checkpoint.error();
  if (arguments.restart)
    if (const Result<void> cleared = checkpoint->clear(); !cleared) return cleared.error();
  Result<std::vector<BackfillSource>> listed = list_sources(arguments, aws);
  if (!listed) return listed.error();
  BackfillWork work{*std::move(checkpoint), {}};
  for (BackfillSource& source : *listed)
    if (!work.checkpoint.has(source)) work.sources.push_back(std::move(source));
  work.done_before = listed->size() - work.sources.size();
  const Result<const S3*> s3 = s3_for(work.sources, aws);
  if (!s3) return s3.error();
  work.s3 = *s3;
  return work;
}

BackfillProgress::BackfillProgress(std::span<const BackfillSource> sources) : sources_(sources.size()) {
  for (const BackfillSource& source : sources) bytes_ += source.size;
}

void BackfillProgress::draw(uint64_t sources_done, uint64_t bytes_done, const std::string& doing) {
  if (!line_.due()) return;
  const double rate = static_cast<double>(bytes_done) / std::max(seconds(), 0.001);
  const auto left =
      static_cast<uint64_t>(static_cast<double>(bytes_ - std::min(bytes_, bytes_done)) / std::max(rate, 1.0));
  line_.draw(fmt::format("{} of {} objects, {:.1f} MB/s, {}, {}:{:02} left", grouped(sources_done),
                         grouped(sources_), rate / 1e6, doing, left / 60, left % 60));
}

void BackfillProgress::tell_failure(const std::string& what) {
  line_.clear();
  if (failures_++ < kFailuresShownMax) print_error(what);
  if (failures_ == kFailuresShownMax) print_error("more that fails is counted, not shown");
}

double BackfillProgress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

}  // namespace querymark
