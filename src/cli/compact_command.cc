// SPDX-License-Identifier: Apache-2.0
// querymark compact: small delivered objects into Parquet.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/store_option.h"
#include "query/compaction.h"

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

ExitStatus compact(const CommonOptions& common, const CompactArguments& arguments) {
  const Result<std::string> folder = store_folder(arguments.store, common.home);
  if (!folder) return fail(folder.error());
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
  const Result<CompactionCounts> counts =
      compact_store({*folder, int64_t{arguments.older_than_hours} * 3600}, *suffixes, observer);
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
