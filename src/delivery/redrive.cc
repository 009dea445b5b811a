// SPDX-License-Identifier: Apache-2.0
#include "delivery/redrive.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "codec/record_scanner.h"
#include "delivery/error_record.h"
#include "mark/chunk_reader.h"

namespace querymark {
namespace {

static_assert(ByteBuffer::kPadding >= kScanPadding);

class Redrive {
 public:
  Redrive(const S3* s3, const Firehose& firehose, const std::string& stream, BackfillCheckpoint& checkpoint,
          RedriveObserver& observer)
      : s3_(s3), firehose_(firehose), stream_(stream), checkpoint_(checkpoint), observer_(observer) {}

  Result<RedriveCounts> run(std::span<const BackfillSource> sources) {
    for (const BackfillSource& source : sources) {
      source_ = &source;
      const std::optional<Error> damage = read();
      if (!damage) send();
      if (stopped_by_) return *stopped_by_;
      if (damage) {
        waiting_.clear();
        waiting_size_ = 0;
        ++counts_.failed;
        observer_.failed(source, *damage);
      } else {
        if (const Result<void> added = checkpoint_.add(source); !added) return added.error();
        ++counts_.sources;
      }
      counts_.bytes_in += source.size;
      observer_.progress(counts_);
    }
    return counts_;
  }

 private:
  // Sends what the source holds, but for the last few records, which wait. An Error where it cannot be read
  // to its end.
  std::optional<Error> read() {
    ChunkReader reader({source_->name}, ChunkReader::kChunkSizeMax, true,
                       [this](const std::string&) { return open_source(*source_, s3_); });
    Chunk chunk;
    ByteBuffer text;  // the beginning of a record, of the pieces before, and the piece at hand
    while (!stopped_by_) {
      const Result<bool> more = reader.next(chunk);
      if (!more) return more.error();
      if (!*more) return std::nullopt;
      append(chunk, text);
      if (chunk.damage) return chunk.damage;
      text.remove_prefix(take(text.view(), chunk.last));
    }
    return std::nullopt;
  }

  static void append(Chunk& chunk, ByteBuffer& text) {
    const size_t size = text.size();
    text.append(chunk.text());
    if (chunk.is_intact()) return;
    text.truncate(size);
    chunk.keep_intact();
    text.append(chunk.text());
  }

  // The bytes that are dealt with.
  size_t take(std::string_view text, bool is_last) {
    size_t consumed = 0;
    for (;;) {
      const std::string_view rest = text.substr(consumed);
      const ScanStep step = scanner_.scan(rest, is_last, items_);
      for (const ScannedRecord& item : std::span(items_).first(step.count))
        take_record(rest.substr(item.begin, item.end - item.begin));
      consumed += step.consumed;
      if (step.count < items_.size()) return consumed;
    }
  }

  void take_record(std::string_view object) {
    std::optional<std::string> raw_data = read_raw_data(object);
    if (!raw_data) return leave_out("no error record: an object with rawData in base64 is wanted");
    if (raw_data->size() > kFirehoseRecordSizeMax) return leave_out("a record of more than 1,024,000 bytes");
    if (waiting_.size() == kFirehoseBatchRecordsMax ||
        waiting_size_ + raw_data->size() > kFirehoseBatchSizeMax)
      send();
    waiting_size_ += raw_data->size();
    waiting_.push_back(*std::move(raw_data));
  }

  void leave_out(std::string_view why) {
    ++counts_.left_out;
    observer_.left_out(*source_, why);
  }

  void send() {
    if (stopped_by_) return;
    const std::vector<std::string_view> records(waiting_.begin(), waiting_.end());
    const SendOutcome outcome = firehose_.put_records(stream_, records, Deadline::never());
    if (!outcome.failures.empty()) stopped_by_ = outcome.failures.front().error;
    counts_.sent += records.size() - outcome.failures.size();
    waiting_.clear();
    waiting_size_ = 0;
    observer_.progress(counts_);
  }

  const S3* s3_;
  const Firehose& firehose_;
  const std::string& stream_;
  BackfillCheckpoint& checkpoint_;
  RedriveObserver& observer_;
  const BackfillSource* source_ = nullptr;  // at hand
  RecordScanner scanner_;
  std::array<ScannedRecord, 64> items_ = {};
  std::vector<std::string> waiting_;  // records that fill less than a request
  size_t waiting_size_ = 0;
  std::optional<Error> stopped_by_;
  RedriveCounts counts_;
};

}  // namespace

Result<RedriveCounts> run_redrive(std::span<const BackfillSource> sources, const S3* s3,
                                  const Firehose& firehose, const std::string& stream,
                                  BackfillCheckpoint& checkpoint, RedriveObserver& observer) {
  return Redrive(s3, firehose, stream, checkpoint, observer).run(sources);
}

}  // namespace querymark
