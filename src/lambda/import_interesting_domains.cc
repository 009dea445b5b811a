// SPDX-License-Identifier: Apache-2.0
#include "lambda/import_interesting_domains.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include "lambda/log_line.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;

// Of the time that is left: enough to write what is under way, and after it to hand on what is left.
constexpr milliseconds kWritingTimeMax = std::chrono::seconds(30);
constexpr milliseconds kHandingTimeMax = std::chrono::seconds(10);
constexpr milliseconds kTimeMax = std::chrono::minutes(15);  // Lambda gives no more
constexpr size_t kReceiptSizeMax = size_t{4} << 20;
constexpr size_t kS3KeySizeMax = 1024;

std::string place_of(const ImportTask& task) {
  return "s3://" + task.bucket + "/" + task.key;
}

// "2026-11-24T18-31-38Z": a part of a key.
std::string time_text(int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  char text[32];
  ::gmtime_r(&time, &parts);
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%dT%H-%M-%SZ", &parts)};
}

// Below the prefix, named as the object and when its import began. Of a key that would not fit the end
// counts.
std::string receipt_key(const std::string& prefix, const ImportTask& task) {
  std::string end("-");
  end.append(time_text(task.started)).append(".ndjson");
  const size_t room = kS3KeySizeMax - std::min(kS3KeySizeMax, prefix.size() + end.size());
  const size_t cut = task.key.size() - std::min(task.key.size(), room);
  return prefix + task.key.substr(cut) + end;
}

LogField json_field(std::string_view name, std::string json) {
  LogField field(name, std::string_view());
  field.json = std::move(json);
  return field;
}

}  // namespace

Result<ImportFunctionSettings> read_import_settings(const Environment& environment) {
  ImportFunctionSettings settings;
  settings.table = environment.get_or("INTERESTING_DOMAINS_TABLE", "");
  if (settings.table.empty()) return Error::invalid("INTERESTING_DOMAINS_TABLE is not set");
  const std::string keep = environment.get_or("KEEP", "registered");
  const std::optional<EntryKeep> parsed_keep = parse_entry_keep(keep);
  if (!parsed_keep) return Error::invalid("KEEP=" + keep + ": registered or listed is wanted");
  settings.keep = *parsed_keep;
  const std::string format = environment.get_or("LIST_FORMAT", "auto");
  const std::optional<ListFormat> parsed_format = parse_list_format(format);
  if (!parsed_format) return Error::invalid("LIST_FORMAT=" + format + ": no such format");
  settings.format = *parsed_format;
  settings.receipt_prefix = environment.get_or("RECEIPT_PREFIX", "");
  return settings;
}

// What an invocation holds while it runs.
struct ImportFunction::Run {
  const Invocation& invocation;
  Deadline stop_at = Deadline::never();
  Deadline write_until = Deadline::never();
  std::vector<ImportOutcome> outcomes{};
  std::optional<Error> error{};  // the first
  bool is_fresh = true;          // nothing has been imported yet
};

Result<std::string> ImportFunction::handle(const Invocation& invocation) {
  Result<std::vector<ImportTask>> tasks = read_import_event(invocation.event);
  if (!tasks) return tasks.error();
  const milliseconds left = invocation.deadline.is_never() ? kTimeMax : invocation.deadline.left();
  const milliseconds handing = std::min(kHandingTimeMax, left / 8);
  Run run{.invocation = invocation};
  run.write_until = Deadline::after(left - handing);
  run.stop_at = Deadline::after(left - handing - std::min(kWritingTimeMax, left / 4));

  for (size_t i = 0; i < tasks->size(); ++i) {
    const Result<bool> done = import_one(run, (*tasks)[i]);
    if (done && *done) continue;
    if (!done) {
      if (!run.error) run.error = done.error();
      continue;
    }
    if (const Result<void> handed = go_on_later(run, std::span(*tasks).subspan(i)); !handed)
      return handed.error();
    break;
  }
  if (run.error) return *run.error;
  return import_summary_json(run.outcomes);
}

// Whether there is nothing left to do for the task.
Result<bool> ImportFunction::import_one(Run& run, ImportTask& task) {
  const std::string& id = run.invocation.request_id;
  if (!settings_.receipt_prefix.empty() && task.key.starts_with(settings_.receipt_prefix)) return true;
  if (run.stop_at.passed()) return false;
  const bool has_all_the_time = std::exchange(run.is_fresh, false);
  const uint64_t done_before = task.entries_done;
  if (task.started == 0) task.started = std::time(nullptr);
  ImportReceipt receipt = ImportReceipt::in_memory(kReceiptSizeMax);
  Result<ObjectImport> import = import_object(clients_.s3, clients_.dynamodb, SuffixTable::built_in(),
                                              {.table = settings_.table,
                                               .keep = settings_.keep,
                                               .format = settings_.format,
                                               .stop_at = run.stop_at,
                                               .deadline = run.write_until},
                                              task, receipt);
  if (import && !import->done) {
    // For ever again would be no end.
    if (!has_all_the_time || task.entries_done > done_before) return false;
    import = Error::limit(place_of(task) + ": the time of an invocation does not suffice for one entry more");
  }
  if (!import && import.error().code == Errc::kStale) {
    log_(log_line("INFO", "object replaced since, its own event imports it", id,
                  {{"object", place_of(task)}}));
    return true;
  }
  ImportOutcome& outcome = run.outcomes.emplace_back();
  if (import) {
    outcome.summary = import->summary;
  } else {
    outcome.summary.list = list_name_of(task.key);
    outcome.failure = import.error().detail;
  }
  const std::string summary = import_summary_json({&outcome, 1});
  log_(log_line(import ? "INFO" : "ERROR", import ? "list imported" : "list not imported", id,
                {{"object", place_of(task)}, json_field("summary", summary)}));
  if (receipt.finish(summary)) put_receipt(run, task, receipt);
  if (!import) return import.error();
  return true;
}

// The import stands without it.
void ImportFunction::put_receipt(const Run& run, const ImportTask& task, const ImportReceipt& receipt) {
  if (settings_.receipt_prefix.empty()) return;
  const std::string key = receipt_key(settings_.receipt_prefix, task);
  const Result<std::string> put =
      clients_.s3.put(task.bucket, key, std::string_view(receipt.text()),
                      {{"Content-Type", "application/x-ndjson"}}, run.write_until);
  if (put) return;
  log_(log_line("ERROR", "receipt not written", run.invocation.request_id,
                {{"object", "s3://" + task.bucket + "/" + key}, {"reason", put.error().detail}}));
}

Result<void> ImportFunction::go_on_later(const Run& run, std::span<const ImportTask> tasks) {
  Result<void> handed = clients_.lambda.invoke_later(run.invocation.function_arn, write_import_event(tasks),
                                                     run.invocation.deadline);
  if (!handed) return handed;
  log_(log_line("INFO", "import goes on in another invocation", run.invocation.request_id,
                {{"object", place_of(tasks[0])}, {"entriesDone", tasks[0].entries_done}}));
  return {};
}

}  // namespace querymark
