// SPDX-License-Identifier: Apache-2.0
#include "lambda/object_import.h"

#include <memory>
#include <utility>

#include "domains/dynamodb_list_writer.h"
#include "import/remote_source.h"
#include "lists/list_reader.h"

namespace querymark {
namespace {

constexpr size_t kReadSize = size_t{256} << 10;

// For the reading that only looks.
class IgnoringSink final : public ListSink {
 public:
  void entry(const ListEntry&) override {}
  void skip(const ListSkip&) override {}
};

// From the reader to the table.
class WritingSink final : public ListSink {
 public:
  WritingSink(const ObjectImportOptions& options, const ImportTask& task, DynamoDbListWriter& writer,
              ImportSummary& summary, ImportReceipt& receipt)
      : options_(options), task_(task), writer_(writer), summary_(summary), receipt_(receipt) {}

  void entry(const ListEntry& entry) override {
    if (ended()) return;
    if (entry.public_suffix) {
      ++summary_.public_suffixes;
      receipt_.warn(summary_.sources[0].name, entry.line, entry.name, "public_suffix");
    }
    const bool is_registrable = entry.name.size() == entry.registrable_domain.size();
    if (options_.keep == EntryKeep::kListed && !entry.allow && !is_registrable) ++summary_.only_listed;
    if (entries_ < task_.entries_done) {
      ++entries_;
      return;
    }
    stopped_ = options_.stop_at.passed();
    if (stopped_) return;
    status_ = writer_.add({.name = entry.name, .scope = entry.scope, .allow = entry.allow});
    ++entries_;
  }

  void skip(const ListSkip& skip) override {
    if (ended()) return;
    ++summary_.skipped[static_cast<size_t>(skip.reason)];
    receipt_.skip(summary_.sources[0].name, skip);
  }

  bool ended() const { return stopped_ || !status_; }
  bool stopped() const { return stopped_; }
  const Result<void>& status() const { return status_; }
  uint64_t entries() const { return entries_; }

 private:
  const ObjectImportOptions& options_;
  const ImportTask& task_;
  DynamoDbListWriter& writer_;
  ImportSummary& summary_;
  ImportReceipt& receipt_;
  uint64_t entries_ = 0;  // read, and done or handed on
  bool stopped_ = false;
  Result<void> status_;
};

S3Read read_of(const ImportTask& task) {
  return {.bucket = task.bucket, .key = task.key, .version_id = task.version_id, .if_match = task.etag};
}

// Reads the object through `reader`, until `ended` says so.
template <typename Ended>
Result<void> read_object(const S3& s3, const ImportTask& task, Deadline deadline, ListReader& reader,
                         const Ended& ended) {
  const Result<std::unique_ptr<ListSource>> source = open_list_object(s3, read_of(task), deadline);
  if (!source) return source.error();
  const auto buffer = std::make_unique<char[]>(kReadSize);
  while (!ended()) {
    const Result<size_t> size = (*source)->read_some(buffer.get(), kReadSize);
    if (!size) return size.error();
    Result<void> read = *size == 0 ? reader.finish() : reader.feed({buffer.get(), *size});
    if (!read || *size == 0) return read;
  }
  return {};
}

}  // namespace

Result<ObjectImport> import_object(const S3& s3, const DynamoDb& dynamodb, const SuffixTable& suffixes,
                                   const ObjectImportOptions& options, ImportTask& task,
                                   ImportReceipt& receipt) {
  ObjectImport import;
  ImportSummary& summary = import.summary;
  const std::string name = "s3://" + task.bucket + "/" + task.key;
  ListReaderOptions reading;
  reading.format = options.format;
  if (task.entries_done == 0) {
    IgnoringSink nowhere;
    ListReader looking(reading, suffixes, nowhere, name);
    const auto late = [&options] { return options.stop_at.passed(); };
    const Result<void> looked = read_object(s3, task, options.deadline, looking, late);
    if (!looked) return looked.error();
    if (late()) return import;
  }

  summary.list = list_name_of(task.key);
  summary.sources.push_back({.name = name, .format = ListFormat::kAuto, .format_reason = ""});
  ListUpdate update;
  update.list = summary.list;
  update.keep = options.keep;
  update.now = task.started;
  DynamoDbListWriter writer(dynamodb, options.table, update, suffixes,
                            {.deadline = options.deadline, .threads = kDynamoDbThreads, .goes_on = true});
  WritingSink sink(options, task, writer, summary, receipt);
  ListReader reader(reading, suffixes, sink, name);
  const Result<void> read = read_object(s3, task, options.deadline, reader, [&sink] { return sink.ended(); });
  if (!read) return read.error();
  if (!sink.status()) return sink.status().error();
  uint64_t entries = sink.entries();
  if (sink.stopped()) {
    const Result<uint64_t> written = writer.stop();
    if (!written) return written.error();
    entries = task.entries_done + *written;
  } else if (const Result<void> finished = writer.finish(); !finished) {
    return finished.error();
  }

  const ListUpdateCounts counts = writer.counts();
  task.entries_done = entries;
  task.counts.added += counts.added;
  task.counts.already_there += counts.already_there;
  task.counts.repeated += counts.repeated;
  import.done = !sink.stopped();
  if (!import.done) return import;
  summary.lines = reader.counts().lines;
  summary.names_found = reader.counts().names_found;
  summary.sources[0].format = reader.format();
  summary.sources[0].format_reason = reader.format_reason();
  summary.table = task.counts;
  summary.skipped[static_cast<size_t>(SkipReason::kDuplicate)] += task.counts.repeated;
  return import;
}

}  // namespace querymark
