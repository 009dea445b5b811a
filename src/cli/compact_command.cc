// SPDX-License-Identifier: Apache-2.0
// querymark compact: small delivered objects into Parquet.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/store_option.h"
#include "query/s3_compaction.h"

namespace querymark {
namespace {

struct CompactArguments {
  std::string store;
  unsigned older_than_hours = 2;
};

std::string megabytes(uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

std::string summary(const CompactionCounts& counts) {
  std::string text = grouped(counts.objects) + " objects, " + grouped(counts.records) +
                     " records: " + grouped(counts.files) + " Parquet files; " +
                     megabytes(counts.bytes_before) + " -> " + megabytes(counts.bytes_after);
  if (counts.bytes_before > 0) {
    char ratio[32];
    std::snprintf(ratio, sizeof ratio, " (%.2f)",
                  static_cast<double>(counts.bytes_after) / static_cast<double>(counts.bytes_before));
    text += ratio;
  }
  return text;
}

Result<CompactionCounts> compact_any_store(const std::string& uri, const std::string& home,
                                           int64_t older_than_s, const SuffixTable& suffixes,
                                           const CompactionObserver& observer) {
  if (!S3Uri::is_one(uri)) {
    const Result<std::string> folder = store_folder(uri, home);
    if (!folder) return folder.error();
    return compact_store({*folder, older_than_s}, suffixes, observer);
  }
  Result<S3Uri> place = S3Uri::parse(uri);
  if (!place) return place.error();
  if (!place->is_prefix()) place->key += '/';
  AwsAccess aws;
  const Result<const S3*> s3 = aws.s3();
  if (!s3) return s3.error();
  return compact_s3_store(**s3, *place, older_than_s, suffixes, observer);
}

ExitStatus compact(const CommonOptions& common, const CompactArguments& arguments) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  ProgressLine progress;
  const CompactionObserver observer{
      [&progress](const std::string& done, const CompactionCounts& counts) {
        if (progress.due()) progress.draw(done + ": " + grouped(counts.objects) + " objects so far");
      },
      [&progress](const Error& why) {
        progress.clear();
        print_warning(why.detail + "; left as it is");
      }};
  const Result<CompactionCounts> counts = compact_any_store(
      arguments.store, common.home, int64_t{arguments.older_than_hours} * 3600, *suffixes, observer);
  progress.clear();
  if (!counts) return fail(counts.error());
  print_info(summary(*counts));
  return ExitStatus::kDone;
}

}  // namespace

void add_compact_command(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* verb = app.add_subcommand("compact", "Make Parquet of delivered objects, for faster questions");
  auto arguments = std::make_shared<CompactArguments>();
  add_store_option(*verb, arguments->store);
  verb->add_option("--older-than", arguments->older_than_hours,
                   "Only objects that have not changed for so long")
      ->type_name("HOURS")
      ->capture_default_str();
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return compact(common, *arguments); };
  });
}

}  // namespace querymark
