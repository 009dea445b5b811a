// SPDX-License-Identifier: Apache-2.0
#include "service/ingest.h"

#include <algorithm>

#include "codec/base64.h"
#include "codec/gzip.h"
#include "codec/json_string.h"
#include "codec/record_scanner.h"
#include "delivery/error_record.h"

namespace querymark {

Marker::Step IngestBatch::add_piece(std::string_view piece, bool is_last) {
  const size_t rejected = is_in_overlong_ ? reject_rest_of_line(piece) : 0;
  Marker::Step step = marker_->mark(piece.substr(rejected), is_last, marked_);
  is_in_overlong_ |= !marked_.rejects.empty() && marked_.rejects.back().is_cut;
  step.consumed += rejected;
  payload_bytes_ += step.consumed;
  return step;
}

size_t IngestBatch::reject_rest_of_line(std::string_view piece) {
  const size_t line_feed = piece.find('\n');
  const std::string_view rest = piece.substr(0, line_feed);
  is_in_overlong_ = line_feed == std::string_view::npos;
  if (!rest.empty())
    marked_.rejects.push_back({std::string(rest), "goes on from the error record before", 0, 0});
  return rest.size();
}

Result<void> IngestBatch::add_base64(std::string_view content) {
  if (content.find('\\') != std::string_view::npos) {
    unescaped_.clear();
    unescape_json(content, unescaped_);
    content = unescaped_;
  }
  decoded_.clear();
  const Result<size_t> size = decode_base64(content, decoded_.room(base64_decoded_size_max(content.size())));
  if (!size) return size.error();
  decoded_.grow(*size);
  if (!is_gzip(decoded_.view())) {
    add_piece(decoded_.view(), true);
    return {};
  }
  if (const Result<void> inflated = inflate(decoded_.view()); !inflated) {
    reject(decoded_.view(), inflated.error().detail);
  } else {
    add_piece(inflated_.view(), true);
  }
  return {};
}

Result<void> IngestBatch::inflate(std::string_view payload) {
  constexpr size_t kStep = size_t{256} << 10;
  inflated_.clear();
  GzipInflater inflater;
  for (;;) {
    const Result<GzipProgress> progress = inflater.inflate(payload, inflated_.room(kStep), kStep);
    if (!progress) return progress.error();
    inflated_.grow(progress->produced);
    payload.remove_prefix(progress->consumed);
    if (inflated_.size() > kInflatedSizeMax) return Error::limit("gzip of more than 16 MiB");
    if (payload.empty() && progress->produced < kStep) return inflater.finish();
  }
}

void IngestBatch::reject(std::string_view payload, const std::string& reason) {
  ++marked_.counts.records;
  ++marked_.counts.rejected;
  marked_.rejects.push_back({std::string(payload), reason, 0, 0});
  payload_bytes_ += payload.size();
}

void IngestBatch::begin(std::shared_ptr<const MarkingTable> table, const SuffixTable& suffixes,
                        const IngestOptions& options) {
  arrived_at_ = std::chrono::system_clock::now();
  is_in_overlong_ = false;
  if (table_ == table) return;
  marker_.reset();
  lookup_ = table->make(options.match);
  marker_ = std::make_unique<Marker>(
      suffixes, *lookup_,
      MarkOptions{.annotate = options.annotate, .collect_matches = options.collect_matches});
  table_ = std::move(table);
}

void IngestBatch::clear() {
  marked_.clear();
  errors_.clear();
  payload_bytes_ = 0;
}

void IngestBatch::write_errors() {
  constexpr std::string_view kNotMarked = "Querymark.NotMarked";
  const SystemTime now = std::chrono::system_clock::now();
  for (const RejectedRecord& record : marked_.rejects) {
    append_error_record({arrived_at_, now, kNotMarked, record.reason, record.bytes}, errors_);
  }
}

std::vector<Match> IngestBatch::take_matches() {
  std::vector<Match> matches;
  matches.reserve(marked_.matches.size());
  for (MatchedRecord& match : marked_.matches) {
    const std::string_view record = marked_.text.view().substr(match.begin, match.end - match.begin);
    matches.push_back({std::string(record), std::move(match.entry), std::move(match.lists)});
  }
  return matches;
}

Ingest::Ingest(const LiveTable& table, const SuffixTable& suffixes, const IngestOptions& options,
               Committer& committer)
    : table_(table), suffixes_(suffixes), options_(options), committer_(committer) {}

IngestLease Ingest::begin() {
  std::unique_ptr<IngestBatch> batch;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      batch = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (batch == nullptr) batch = std::make_unique<IngestBatch>();
  batch->begin(table_.current(), suffixes_, options_);
  return {batch.release(), ReturnBatch{this}};
}

void Ingest::commit(IngestBatch& batch, std::function<void(const Result<void>&)> done) {
  if (batch.lacks_answers()) {
    settle(batch, false);
    return done(Error{Errc::kBusy, "the table of interesting domains gives no answer"});
  }
  batch.write_errors();
  committer_.submit({.records = batch.marked_.text.view(),
                     .record_count = batch.counts().matched + batch.counts().unmatched,
                     .errors = batch.errors_.view(),
                     .error_count = batch.marked_.rejects.size(),
                     .matches = batch.take_matches(),
                     .done = [this, &batch, done = std::move(done)](const Result<void>& committed) {
                       settle(batch, committed.has_value());
                       done(committed);
                     }});
}

void Ingest::settle(IngestBatch& batch, bool committed) {
  if (committed) recent_.append(batch.marked_.text.view());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (committed) {
      status_.acknowledged += batch.counts();
      status_.bytes += batch.payload_bytes_;
    } else {
      status_.records_refused += batch.counts().records;
    }
  }
  batch.clear();
}

void Ingest::end(std::unique_ptr<IngestBatch> batch) {
  batch->clear();
  batch->marked_.text.shrink_to(kIdleBufferSizeMax);
  batch->errors_.shrink_to(kIdleBufferSizeMax);
  batch->decoded_.clear();
  batch->decoded_.shrink_to(kIdleBufferSizeMax);
  batch->inflated_.clear();
  batch->inflated_.shrink_to(kIdleBufferSizeMax);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.size() < kIdleBatchesMax) idle_.push_back(std::move(batch));
}

void Ingest::drop_idle() {
  std::vector<std::unique_ptr<IngestBatch>> dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  dropped.swap(idle_);
}

void ReturnBatch::operator()(IngestBatch* batch) const {
  ingest->end(std::unique_ptr<IngestBatch>(batch));
}

IngestStatus Ingest::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

}  // namespace querymark
