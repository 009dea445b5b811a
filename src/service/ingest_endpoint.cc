// SPDX-License-Identifier: Apache-2.0
#include "service/ingest_endpoint.h"

#include <algorithm>
#include <optional>

#include "codec/gzip.h"

namespace querymark {
namespace {

constexpr size_t kPieceSize = size_t{1} << 20;

std::string counts_json(const MarkCounts& counts) {
  return R"({"records":)" + std::to_string(counts.records) + R"(,"matched":)" +
         std::to_string(counts.matched) + R"(,"unmatched":)" + std::to_string(counts.unmatched) +
         R"(,"rejected":)" + std::to_string(counts.rejected) + R"(,"control":)" +
         std::to_string(counts.control) + "}";
}

class IngestHandler final : public HttpHandler {
 public:
  IngestHandler(Ingest& ingest, MemoryBudget& budget)
      : ingest_(ingest), batch_(ingest.begin()), text_reservation_(budget) {}

  uint64_t body_size_max() const override { return UINT64_MAX; }
  size_t piece_size() const override { return kPieceSize; }
  HttpReply refuse(HttpRefusal refusal) const override {
    if (refusal == HttpRefusal::kTooLarge) return json_message(413, "too large");
    return json_message(503, "too much is under way: come again");
  }

  void take(ByteBuffer& body, bool is_last, Resume resume) override {
    if (!is_begun_) {
      // Two bytes tell gzip from text.
      if (body.size() < 2 && !is_last) return resume(Continue::kRead);
      is_begun_ = true;
      if (is_gzip(body.view())) gzip_.emplace();
    }
    if (gzip_ && !text_reservation_.grow_to(2 * (text_.size() + kPieceSize)))
      return resume(refuse(HttpRefusal::kOverloaded));
    const Result<Continue> marked = gzip_ ? mark_gzip(body, is_last) : mark_plain(body, is_last);
    if (!marked) return resume(json_message(400, marked.error().detail));
    commit(is_last && *marked == Continue::kRead, *marked, std::move(resume));
  }

 private:
  Result<Continue> mark_plain(ByteBuffer& body, bool is_last) {
    body.remove_prefix(batch_->add_piece(body.view(), is_last).consumed);
    return Continue::kRead;
  }

  // As much of it as fills a piece.
  Result<Continue> mark_gzip(ByteBuffer& body, bool is_last) {
    char* room = text_.room(kPieceSize);
    const Result<GzipProgress> progress = gzip_->inflate(body.view(), room, kPieceSize);
    if (!progress) return progress.error();
    text_.grow(progress->produced);
    body.remove_prefix(progress->consumed);
    const bool is_used_up = progress->produced < kPieceSize && body.empty();
    if (is_used_up && is_last) {
      if (const Result<void> finished = gzip_->finish(); !finished) return finished.error();
    }
    text_.remove_prefix(batch_->add_piece(text_.view(), is_used_up && is_last).consumed);
    return is_used_up ? Continue::kRead : Continue::kAgain;
  }

  void commit(bool is_end, Continue next, Resume resume) {
    if (batch_->empty()) return go_on(is_end, next, resume);
    const MarkCounts counts = batch_->counts();
    ingest_.commit(*batch_,
                   [this, counts, is_end, next, resume = std::move(resume)](const Result<void>& done) {
                     if (!done) return resume(json_message(503, done.error().detail));
                     total_ += counts;
                     go_on(is_end, next, resume);
                   });
  }

  void go_on(bool is_end, Continue next, const Resume& resume) const {
    if (is_end) return resume(HttpReply{.body = counts_json(total_)});
    resume(next);
  }

  Ingest& ingest_;
  IngestLease batch_;
  bool is_begun_ = false;
  std::optional<GzipInflater> gzip_;
  ByteBuffer text_;  // inflated, not marked yet
  MemoryReservation text_reservation_;
  MarkCounts total_;  // committed
};

}  // namespace

std::unique_ptr<HttpHandler> make_ingest_handler(Ingest& ingest, MemoryBudget& budget) {
  return std::make_unique<IngestHandler>(ingest, budget);
}

}  // namespace querymark
