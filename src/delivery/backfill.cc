// SPDX-License-Identifier: Apache-2.0
#include "delivery/backfill.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "aws/digest.h"
#include "base/byte_buffer.h"
#include "codec/gzip.h"
#include "delivery/error_record.h"

namespace querymark {
namespace {

constexpr size_t kCopySize = size_t{1} << 20;
constexpr std::string_view kNotMarked = "Querymark.NotMarked";
constexpr std::string_view kErrorOutputType = "processing-failed";

// A name that depends on the source's alone, in the form of all objects' names.
ObjectName name_of(const BackfillSource& source, const std::string& stream) {
  std::string uuid = to_hex(sha256(source.name)).substr(0, 32);
  uuid[12] = '8';  // version 8: made as its maker likes (RFC 9562)
  uuid[16] = 'a';
  for (const size_t dash : {8, 13, 18, 23}) uuid.insert(dash, 1, '-');
  return {stream, std::chrono::floor<std::chrono::seconds>(source.time), uuid};
}

// Error records of one source, compressed into an unnamed file.
class ErrorLines {
 public:
  // An error record that fails again stays as it is.
  Result<void> add(const SystemTime& arrived, std::string_view reason, std::string_view bytes) {
    if (is_error_record(bytes)) {
      lines_.append(bytes);
      lines_.append("\n");
    } else {
      append_error_record({arrived, std::chrono::system_clock::now(), kNotMarked, reason, bytes}, lines_);
    }
    return lines_.size() < kCopySize ? Result<void>() : flush();
  }
  Result<void> flush() {
    if (lines_.empty()) return {};
    if (!file_) {
      Result<UniqueFd> made = create_work_file();
      if (!made) return made.error();
      file_ = *std::move(made);
    }
    std::vector<char> out(gzip_size_max(lines_.size()));
    Result<void> written = write_all(file_.get(), gzip_.compress(lines_.view(), out.data()), "error records");
    lines_.clear();
    return written;
  }
  const UniqueFd& file() const { return file_; }

 private:
  ByteBuffer lines_;
  GzipWriter gzip_;
  UniqueFd file_;
};

// Told of a match, whichever thread finds it.
using OnMatch = std::function<void(std::string_view record, const MatchedRecord& match)>;

// What marking one source tells.
class SourceReport final : public MarkObserver {
 public:
  SourceReport(const BackfillSource& source, OnMatch on_match)
      : source_(source), on_match_(std::move(on_match)) {}

  Result<void> rejected(const InputPlace&, const RejectedRecord& record) override {
    return errors.add(source_.time, record.reason, record.bytes);
  }
  Result<void> rejected_more(std::string_view bytes, bool) override {
    return errors.add(source_.time, "goes on from the error record before", bytes);
  }
  Result<void> matched(std::string_view record, const MatchedRecord& match) override {
    on_match_(record, match);
    return {};
  }
  void damaged(std::string_view, const Error& error) override { damage = error; }
  void progress(uint64_t, const MarkCounts&) override {}

  ErrorLines errors;
  std::optional<Error> damage;

 private:
  const BackfillSource& source_;
  OnMatch on_match_;
};

Result<void> copy_to_store(const UniqueFd& file, ObjectStore& store, const std::string& key) {
  Result<std::unique_ptr<ObjectWriter>> object = store.create(key, Deadline::never());
  if (!object) return object.error();
  std::vector<char> piece(kCopySize);
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return Error::from_errno(errno, "read the error records");
  for (;;) {
    const Result<size_t> size = read_some(file.get(), piece.data(), piece.size(), "the error records");
    if (!size) return size.error();
    if (*size == 0) return (*object)->commit(Deadline::never());
    Result<void> appended = (*object)->append({piece.data(), *size}, Deadline::never());
    if (!appended) return appended;
  }
}

// The object of marked records, begun with the first of them.
class MarkedObject {
 public:
  MarkedObject(ObjectStore& store, std::string key) : store_(store), key_(std::move(key)) {}

  Result<void> append(std::string_view bytes) {
    Result<void> appended = begin();
    if (appended) appended = writer_->append(bytes, Deadline::never());
    if (!appended) failure_ = appended.error();
    return appended;
  }
  Result<void> commit() { return writer_ ? writer_->commit(Deadline::never()) : Result<void>(); }
  // Of the store.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  Result<void> begin() {
    if (writer_) return {};
    Result<std::unique_ptr<ObjectWriter>> begun = store_.create(key_, Deadline::never());
    if (!begun) return begun.error();
    writer_ = *std::move(begun);
    return {};
  }

  ObjectStore& store_;
  std::string key_;
  std::unique_ptr<ObjectWriter> writer_;
  std::optional<Error> failure_;
};

class Backfill {
 public:
  Backfill(const S3* s3, ObjectStore& store, BackfillCheckpoint& checkpoint, const SuffixTable& suffixes,
           const MakeLookup& make_lookup, const BackfillOptions& options, BackfillObserver& observer)
      : s3_(s3),
        store_(store),
        checkpoint_(checkpoint),
        suffixes_(suffixes),
        make_lookup_(make_lookup),
        options_(options),
        observer_(observer) {}

  Result<BackfillCounts> run(std::span<const BackfillSource> sources) {
    std::atomic<size_t> next = 0;
    const auto work = [&] {
      for (size_t i = next++; i < sources.size() && !is_stopped_; i = next++)
        if (!checkpoint_.has(sources[i])) process(sources[i]);
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options_.threads; ++i) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
    if (stopped_by_) return *stopped_by_;
    return counts_;
  }

 private:
  void process(const BackfillSource& source) {
    SourceReport report(source, [this](std::string_view record, const MatchedRecord& match) {
      const std::lock_guard lock(mutex_);
      observer_.matched(record, match);
    });
    const ObjectName name = name_of(source, options_.stream);
    MarkedObject object(store_, options_.prefix.at(name) + name.text() + ".gz");
    const Result<StreamTotals> totals = mark(source, object, report);
    if (object.failure()) return stop(*object.failure());
    if (!totals) return give_up(source, totals.error());
    if (report.damage) return give_up(source, *report.damage);
    if (totals->counts.lookups_failed > 0)
      return give_up(source,
                     Error{Errc::kBusy, source.name + ": the table gave no answer for " +
                                            std::to_string(totals->counts.lookups_failed) + " records"});
    const Result<void> delivered = deliver(source, name, object, report);
    if (!delivered) return stop(delivered.error());
    const std::lock_guard lock(mutex_);
    ++counts_.sources;
    counts_.bytes_in += source.size;
    counts_.records += totals->counts;
    observer_.progress(counts_);
  }

  Result<StreamTotals> mark(const BackfillSource& source, MarkedObject& object, SourceReport& report) {
    StreamMarkerOptions marking;
    marking.gzip_output = true;
    marking.mark = options_.mark;
    marking.open_input = [&](const std::string&) { return open_source(source, s3_); };
    Result<StreamTotals> totals = mark_streams(
        {source.name}, [&object](std::string_view bytes) { return object.append(bytes); }, suffixes_,
        make_lookup_, marking, report);
    const Result<void> flushed = report.errors.flush();
    return flushed ? std::move(totals) : Result<StreamTotals>(flushed.error());
  }

  // The error object first: what is in the store without it would look complete.
  Result<void> deliver(const BackfillSource& source, const ObjectName& name, MarkedObject& object,
                       const SourceReport& report) {
    if (report.errors.file()) {
      const std::string key = options_.error_prefix.at(name, kErrorOutputType) + name.text() + ".gz";
      if (Result<void> stored = copy_to_store(report.errors.file(), store_, key); !stored) return stored;
    }
    if (Result<void> committed = object.commit(); !committed) return committed;
    return checkpoint_.add(source);
  }

  void give_up(const BackfillSource& source, const Error& error) {
    const std::lock_guard lock(mutex_);
    ++counts_.failed;
    counts_.bytes_in += source.size;
    observer_.failed(source, error);
  }

  void stop(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!stopped_by_) stopped_by_ = error;
    is_stopped_ = true;
  }

  const S3* s3_;
  ObjectStore& store_;
  BackfillCheckpoint& checkpoint_;
  const SuffixTable& suffixes_;
  const MakeLookup& make_lookup_;
  const BackfillOptions& options_;
  BackfillObserver& observer_;
  std::atomic<bool> is_stopped_ = false;
  std::mutex mutex_;  // guards what follows, and calls of the observer
  std::optional<Error> stopped_by_;
  BackfillCounts counts_;
};

}  // namespace

Result<BackfillCounts> run_backfill(std::span<const BackfillSource> sources, const S3* s3, ObjectStore& store,
                                    BackfillCheckpoint& checkpoint, const SuffixTable& suffixes,
                                    const MakeLookup& make_lookup, const BackfillOptions& options,
                                    BackfillObserver& observer) {
  return Backfill(s3, store, checkpoint, suffixes, make_lookup, options, observer).run(sources);
}

}  // namespace querymark
