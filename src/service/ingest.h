// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/byte_buffer.h"
#include "mark/marker.h"
#include "service/committer.h"
#include "service/live_table.h"
#include "service/recent_records.h"

// From payloads to disk: what every endpoint does with the records it was sent.
//
//   IngestLease batch = ingest.begin();
//   for (…) batch->add(payload);                                             marked in memory
//   ingest.commit(*batch, [](const Result<void>& done) { reply(done); });    acknowledged when on disk
//
// Threads: an Ingest is shared; a batch serves one thread at a time.
namespace querymark {

struct IngestOptions {
  MatchMode match = MatchMode::kRegistered;
  bool annotate = false;
  bool collect_matches = false;  // for the alert sinks
};

// A record is counted where its way ends: received = acknowledged + refused.
struct IngestStatus {
  MarkCounts acknowledged;       // = matched + unmatched + rejected + control
  uint64_t records_refused = 0;  // their sender was told to come again
  uint64_t bytes = 0;            // of payloads acknowledged
};

// What one request brings, marked by the table as it was when the batch began.
class IngestBatch {
 public:
  // What a payload may hold when it is inflated.
  static constexpr size_t kInflatedSizeMax = size_t{16} << 20;

  // A payload as Firehose's senders write it: base64, as it stands between a JSON string's quotes, of whole
  // records in any form that Marker reads, plain or gzip. A gzip that is broken or too large is rejected as
  // one record. kInvalid where it is no base64; then nothing is added.
  Result<void> add_base64(std::string_view content);
  // Bytes that nothing can be made of, as one rejected record.
  void reject(std::string_view payload, const std::string& reason);
  // A piece of a stream of records; see Marker::mark(). A record that is longer than any may be is rejected
  // in pieces, each an error record; it counts as one.
  Marker::Step add_piece(std::string_view piece, bool is_last);

  const MarkCounts& counts() const { return marked_.counts; }
  // Whether there is nothing to commit.
  bool empty() const { return marked_.counts.records == 0 && marked_.rejects.empty(); }
  // Whether the table gave no answer, and may give one when the records come again.
  bool lacks_answers() const { return table_->is_remote() && marked_.counts.lookups_failed > 0; }
  uint64_t marked_size() const { return marked_.text.size(); }

 private:
  friend class Ingest;
  void begin(std::shared_ptr<const MarkingTable> table, const SuffixTable& suffixes,
             const IngestOptions& options);
  void clear();
  void write_errors();
  std::vector<Match> take_matches();
  Result<void> inflate(std::string_view payload);
  size_t reject_rest_of_line(std::string_view piece);

  std::shared_ptr<const MarkingTable> table_;
  std::unique_ptr<DomainLookup> lookup_;
  std::unique_ptr<Marker> marker_;
  MarkedRecords marked_;
  bool is_in_overlong_ = false;  // the stream goes on with what belongs to the record rejected last
  ByteBuffer errors_;
  std::string unescaped_;
  ByteBuffer decoded_;
  ByteBuffer inflated_;
  SystemTime arrived_at_;
  uint64_t payload_bytes_ = 0;
};

class Ingest;

// Gives a batch back, for its buffers to serve the next.
struct ReturnBatch {
  Ingest* ingest;
  void operator()(IngestBatch* batch) const;
};
using IngestLease = std::unique_ptr<IngestBatch, ReturnBatch>;

class Ingest {
 public:
  // All must outlive it.
  Ingest(const LiveTable& table, const SuffixTable& suffixes, const IngestOptions& options,
         Committer& committer);

  IngestLease begin();
  // `done` is called once, on the committer's thread or, where the batch lacks answers, on this one: kBusy. The
  // batch is empty then. REQUIRES: the batch stays as it is until then.
  void commit(IngestBatch& batch, std::function<void(const Result<void>&)> done);
  // Batches that wait for the next request hold on to the table that they marked by: lets it go.
  void drop_idle();

  IngestStatus status() const;
  const RecentRecords& recent() const { return recent_; }

 private:
  // Kept between requests; more than the processors can be busy with.
  static constexpr size_t kIdleBatchesMax = 8;
  static constexpr size_t kIdleBufferSizeMax = size_t{5} << 20;

  friend struct ReturnBatch;
  void end(std::unique_ptr<IngestBatch> batch);
  void settle(IngestBatch& batch, bool committed);

  const LiveTable& table_;
  const SuffixTable& suffixes_;
  IngestOptions options_;
  Committer& committer_;
  RecentRecords recent_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::unique_ptr<IngestBatch>> idle_;
  IngestStatus status_;
};

}  // namespace querymark
