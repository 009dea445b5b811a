// SPDX-License-Identifier: Apache-2.0
#include "import/importer.h"

#include <numeric>

#include "import/entry_sorter.h"
#include "import/import_receipt.h"

namespace querymark {
namespace {

constexpr size_t kReadSize = size_t{256} << 10;
constexpr uint64_t kEntriesPerProgress = 4096;

// What all parts of one import write to.
struct Import {
  const ImportOptions& options;
  ImportReceipt* receipt;
  const ImportProgressFunction& progress;
  ImportSummary summary;

  void count_skip(uint32_t source, const ListSkip& skip) {
    ++summary.skipped[static_cast<size_t>(skip.reason)];
    if (receipt != nullptr) receipt->skip(summary.sources[source].name, skip);
  }
  void report(const ImportProgress& state) const {
    if (progress) progress(state);
  }
};

// From the reader to the sorter.
class SortingSink final : public ListSink {
 public:
  SortingSink(Import& import, EntrySorter& sorter, uint32_t source)
      : import_(import), sorter_(sorter), source_(source) {}

  void entry(const ListEntry& entry) override {
    if (!status_) return;
    if (entry.public_suffix) warn_of_suffix(entry);
    status_ = sorter_.add({.name = entry.name,
                           .scope = entry.scope,
                           .allow = entry.allow || import_.options.allow,
                           .is_registrable = entry.name.size() == entry.registrable_domain.size(),
                           .source = source_,
                           .line = entry.line});
  }

  void skip(const ListSkip& skip) override { import_.count_skip(source_, skip); }

  const Result<void>& status() const { return status_; }

 private:
  void warn_of_suffix(const ListEntry& entry) {
    ++import_.summary.public_suffixes;
    if (import_.receipt == nullptr) return;
    import_.receipt->warn(import_.summary.sources[source_].name, entry.line, entry.name, "public_suffix");
  }

  Import& import_;
  EntrySorter& sorter_;
  uint32_t source_;
  Result<void> status_;
};

// From the sorter to the table: every name once, with the widest scope it has.
class DistinctEntries final : public EntryStream {
 public:
  DistinctEntries(Import& import, EntrySorter& sorter) : import_(import), sorter_(sorter) {}

  Result<void> begin() { return read_ahead(); }

  Result<std::optional<TableEntry>> next() override {
    if (!ahead_) return std::optional<TableEntry>();
    name_ = ahead_->name;
    TableEntry entry{.name = name_, .scope = ahead_->scope, .allow = ahead_->allow};
    const bool is_registrable = ahead_->is_registrable;
    if (const Result<void> read = read_ahead(); !read) return read.error();
    while (ahead_ && ahead_->name == name_ && ahead_->allow == entry.allow) {
      import_.count_skip(ahead_->source,
                         {.text = ahead_->name, .reason = SkipReason::kDuplicate, .line = ahead_->line});
      if (ahead_->scope == EntryScope::kSubtree) entry.scope = EntryScope::kSubtree;
      if (const Result<void> read = read_ahead(); !read) return read.error();
    }
    if (import_.options.keep == EntryKeep::kListed && !entry.allow && !is_registrable)
      ++import_.summary.only_listed;
    if (++given_ % kEntriesPerProgress == 0)
      import_.report({.source = nullptr, .fraction = {}, .names = given_});
    return std::optional<TableEntry>(entry);
  }

 private:
  Result<void> read_ahead() {
    Result<std::optional<SortEntry>> next = sorter_.next();
    if (!next) return next.error();
    ahead_ = *next;
    return {};
  }

  Import& import_;
  EntrySorter& sorter_;
  std::optional<SortEntry> ahead_;
  std::string name_;  // of the entry given last
  uint64_t given_ = 0;
};

Result<void> read_source(Import& import, ListSource& source, const SuffixTable& suffixes,
                         EntrySorter& sorter) {
  ImportSummary& summary = import.summary;
  const auto index = static_cast<uint32_t>(summary.sources.size());
  summary.sources.push_back({.name = source.name(), .format = ListFormat::kAuto, .format_reason = ""});

  ListReaderOptions reading = import.options.reader;
  if (import.options.allow) reading.exceptions = ExceptionPolicy::kAllow;  // all it names is allowed
  SortingSink sink(import, sorter, index);
  ListReader reader(reading, suffixes, sink, source.name());
  const auto buffer = std::make_unique<char[]>(kReadSize);
  for (;;) {
    const Result<size_t> size = source.read_some(buffer.get(), kReadSize);
    if (!size) return size.error();
    Result<void> read = *size == 0 ? reader.finish() : reader.feed({buffer.get(), *size});
    if (!read) return read;
    if (!sink.status()) return sink.status();
    import.report({.source = &source.name(),
                   .fraction = source.fraction_read(),
                   .names = summary.names_found + reader.counts().names_found});
    if (*size == 0) break;
  }
  summary.lines += reader.counts().lines;
  summary.names_found += reader.counts().names_found;
  summary.sources[index].format = reader.format();
  summary.sources[index].format_reason = reader.format_reason();
  return {};
}

// "hosts", or all of them where the files have several forms.
std::string formats_of(const ImportSummary& summary) {
  std::string formats;
  for (const ImportedSource& source : summary.sources) {
    const std::string format(to_string(source.format));
    if (formats.find(format) != std::string::npos) continue;
    formats += (formats.empty() ? "" : ", ") + format;
  }
  return formats;
}

std::string sources_of(const ImportSummary& summary) {
  std::string names;
  for (const ImportedSource& source : summary.sources) names += (names.empty() ? "" : ", ") + source.name;
  return names;
}

}  // namespace

uint64_t ImportSummary::skipped_total() const {
  return std::accumulate(skipped.begin(), skipped.end(), uint64_t{0});
}

Result<ImportSummary> import_list(const ImportOptions& options,
                                  std::span<const std::unique_ptr<ListSource>> sources,
                                  const SuffixTable& suffixes, DomainTable& table, ImportReceipt* receipt,
                                  const ImportProgressFunction& progress) {
  Import import{.options = options, .receipt = receipt, .progress = progress, .summary = {}};
  import.summary.list = options.list;
  EntrySorter sorter;
  for (const std::unique_ptr<ListSource>& source : sources) {
    if (const Result<void> read = read_source(import, *source, suffixes, sorter); !read) return read.error();
  }
  if (const Result<void> sorted = sorter.sort(); !sorted) return sorted.error();
  DistinctEntries entries(import, sorter);
  if (const Result<void> begun = entries.begin(); !begun) return begun.error();

  const Result<ListUpdateCounts> updated = table.update_list({.list = options.list,
                                                              .source = sources_of(import.summary),
                                                              .format = formats_of(import.summary),
                                                              .keep = options.keep,
                                                              .note = std::nullopt,
                                                              .expires = options.expires,
                                                              .now = options.now,
                                                              .mirror = options.mirror,
                                                              .force = options.force,
                                                              .dry_run = options.dry_run},
                                                             entries);
  if (!updated) return updated.error();
  import.summary.table = *updated;
  import.summary.skipped[static_cast<size_t>(SkipReason::kDuplicate)] += updated->repeated;
  return std::move(import.summary);
}

}  // namespace querymark
