// SPDX-License-Identifier: Apache-2.0
#include "lambda/event_marker.h"

#include <numeric>

#include "codec/gzip.h"

namespace querymark {
namespace {

constexpr size_t kRunSize = size_t{64} << 10;  // a run ends with the payload that passes it
constexpr size_t kInflateStep = size_t{64} << 10;
// What is marked at once, so that of what is rejected there is never much at a time.
constexpr size_t kMarkStep = size_t{256} << 10;

// Appends what `compressed` inflates to.
Result<void> inflate(std::string_view compressed, ByteBuffer& out) {
  const size_t begin = out.size();
  GzipInflater inflater;
  for (;;) {
    const Result<GzipProgress> step = inflater.inflate(compressed, out.room(kInflateStep), kInflateStep);
    if (!step) return step.error();
    out.grow(step->produced);
    compressed.remove_prefix(step->consumed);
    if (out.size() - begin > kPayloadSizeMax) return Error::limit("too long: over 16 MiB when inflated");
    if (compressed.empty() && step->produced < kInflateStep) return inflater.finish();
  }
}

MarkOptions with_items(MarkOptions options) {
  options.collect_items = true;
  return options;
}

}  // namespace

FirehoseAnswer MarkedEvent::answer(size_t payload) const {
  const MarkedPayload& marked = payloads[payload];
  if (marked.result != FirehoseResult::kOk) return {marked.result, {}};
  return {marked.result, records.text.view().substr(marked.begin, marked.end - marked.begin)};
}

const FailedPayloads& MarkedEvent::failed(PayloadFailure failure) const {
  return failed_[static_cast<size_t>(failure)];
}

EventMarker::EventMarker(const SuffixTable& suffixes, DynamoDbLookup& lookup, const MarkOptions& options)
    : lookup_(lookup), marker_(suffixes, lookup, with_items(options)) {}

const MarkedEvent& EventMarker::mark(std::span<const FirehoseRecord> records, int64_t now,
                                     Deadline deadline) {
  event_.records.clear();
  event_.counts = MarkCounts();
  event_.payloads.assign(records.size(), MarkedPayload());
  event_.room = ResponseRoom(records);
  event_.from_cache = 0;
  event_.lookup_error.reset();
  event_.failed_ = {};
  lookup_.begin(now);

  std::vector<size_t> all(records.size());
  std::iota(all.begin(), all.end(), size_t{0});
  unanswered_.clear();
  mark_payloads(records, all, Pass::kFromCache, deadline);
  if (unanswered_.empty()) return event_;

  if (const Result<void> fetched = lookup_.fetch(deadline); !fetched) event_.lookup_error = fetched.error();
  mark_payloads(records, unanswered_, Pass::kFetched, Deadline::never());
  return event_;
}

void EventMarker::mark_payloads(std::span<const FirehoseRecord> records, Indices asked, Pass pass,
                                Deadline deadline) {
  while (!asked.empty()) {
    if (deadline.passed()) {
      for (const size_t payload : asked) fail(payload, PayloadFailure::kNoTime, "no time left");
      return;
    }
    asked = asked.subspan(read_run(records, asked));
    mark_run(pass);
  }
}

// Fills the run from the beginning of `asked`; of how many payloads.
size_t EventMarker::read_run(std::span<const FirehoseRecord> records, Indices asked) {
  run_bytes_.clear();
  run_.clear();
  size_t count = 0;
  for (; count < asked.size() && run_bytes_.size() < kRunSize; ++count) {
    const size_t begin = run_bytes_.size();
    if (const Result<void> read = append_bytes(records[asked[count]]); !read) {
      run_bytes_.truncate(begin);
      event_.counts += MarkCounts{.records = 1, .rejected = 1};
      fail(asked[count], PayloadFailure::kUnreadable, read.error().detail);
      continue;
    }
    run_.push_back({asked[count], begin, run_bytes_.size()});
    run_bytes_.append("\n");
  }
  return count;
}

// The record's bytes, inflated.
Result<void> EventMarker::append_bytes(const FirehoseRecord& record) {
  const size_t begin = run_bytes_.size();
  if (Result<void> decoded = decode_data(record, run_bytes_); !decoded) return decoded;
  const std::string_view bytes = run_bytes_.view().substr(begin);
  if (!is_gzip(bytes)) return {};
  compressed_.clear();
  compressed_.append(bytes);
  run_bytes_.truncate(begin);
  return inflate(compressed_.view(), run_bytes_);
}

void EventMarker::mark_run(Pass pass) {
  MarkedRecords& out = event_.records;
  const size_t text_begin = out.text.size();
  const size_t matches_before = out.matches.size();
  const ResponseRoom room = event_.room;
  const Marked marked = mark_bytes(run_bytes_.view(), AtReject::kStop);
  const MarkCounts& counts = marked.counts;
  if (counts.rejected == 0 && settle_run(text_begin)) {
    event_.counts += counts;
    if (pass == Pass::kFromCache) event_.from_cache += counts.matched + counts.unmatched;
    return;
  }
  event_.room = room;
  out.text.truncate(text_begin);
  out.matches.resize(matches_before);
  if (pass == Pass::kFromCache && counts.lookups_failed > 0 && marked.is_sound()) {
    event_.from_cache += counts.matched + counts.unmatched;
    for (const Piece& piece : run_) unanswered_.push_back(piece.payload);
    return;
  }
  for (const Piece& piece : run_) mark_alone(piece, pass);
}

// Appends what the bytes become to the event's records; with kStop, all up to what is rejected, and its items.
EventMarker::Marked EventMarker::mark_bytes(std::string_view bytes, AtReject at_reject) {
  MarkedRecords& out = event_.records;
  Marked marked;
  out.items.clear();
  size_t begin = 0;
  for (size_t step_size = kMarkStep; begin < bytes.size();) {
    const bool last = bytes.size() - begin <= step_size;
    const size_t items_before = out.items.size();
    out.counts = MarkCounts();
    out.rejects.clear();
    const Marker::Step step = marker_.mark(bytes.substr(begin, step_size), last, out);
    for (size_t i = items_before; i < out.items.size(); ++i) {
      out.items[i].begin += begin;
      out.items[i].end += begin;
    }
    marked.counts += out.counts;
    if (marked.reason.empty() && !out.rejects.empty()) marked.reason = out.rejects.front().reason;
    if (at_reject == AtReject::kGoOn) out.items.clear();
    if (at_reject == AtReject::kStop && !marked.is_sound()) break;
    begin += step.consumed;
    if (step.consumed == 0) step_size *= 2;  // the record is longer
  }
  out.rejects.clear();
  return marked;
}

// Shares out what the run became, if nothing is wrong with it; false else: then some of it is settled.
bool EventMarker::settle_run(size_t text_begin) {
  auto item = event_.records.items.begin();
  for (const Piece& piece : run_) {
    MarkedPayload& payload = event_.payloads[piece.payload];
    payload = {FirehoseResult::kDropped, text_begin, text_begin};
    for (; item != event_.records.items.end() && item->begin < piece.end; ++item) {
      if (item->end > piece.end) return false;  // it goes on in the payload behind this
      payload.end = item->text_end;
    }
    if (payload.end == text_begin) continue;  // nothing but control messages, or nothing at all
    if (!event_.room.take(payload.end - text_begin)) return false;
    payload.result = FirehoseResult::kOk;
    text_begin = payload.end;
  }
  return true;
}

void EventMarker::mark_alone(const Piece& piece, Pass pass) {
  MarkedRecords& out = event_.records;
  MarkedPayload& payload = event_.payloads[piece.payload];
  const size_t matches_before = out.matches.size();
  payload.begin = out.text.size();
  const Marked marked =
      mark_bytes(run_bytes_.view().substr(piece.begin, piece.end - piece.begin), AtReject::kGoOn);
  const MarkCounts& counts = marked.counts;
  payload.end = out.text.size();
  const auto drop = [&] {
    out.text.truncate(payload.begin);
    out.matches.resize(matches_before);
  };
  if (pass == Pass::kFromCache) event_.from_cache += counts.matched + counts.unmatched;
  if (counts.lookups_failed > 0) {
    drop();
    if (pass == Pass::kFromCache) return unanswered_.push_back(piece.payload);
  }
  event_.counts += counts;
  if (counts.lookups_failed > 0)
    return fail(piece.payload, PayloadFailure::kUnanswered,
                "the table of interesting domains gave no answer");
  if (counts.rejected > 0) {
    fail(piece.payload, PayloadFailure::kRejected, marked.reason);
    // Its matches are none the less: their text stays for the notification.
    if (out.matches.size() == matches_before || !event_.room.take(payload.end - payload.begin)) drop();
    return;
  }
  if (payload.begin == payload.end) {  // nothing but control messages, or nothing at all
    payload.result = FirehoseResult::kDropped;
    return;
  }
  if (!event_.room.take(payload.end - payload.begin)) {
    drop();
    return fail(piece.payload, PayloadFailure::kTooLarge, "the response would be too large");
  }
  payload.result = FirehoseResult::kOk;
}

void EventMarker::fail(size_t payload, PayloadFailure failure, std::string_view reason) {
  event_.payloads[payload].result = FirehoseResult::kProcessingFailed;
  FailedPayloads& failed = event_.failed_[static_cast<size_t>(failure)];
  if (failed.count++ > 0 && failed.first < payload) return;
  failed.first = payload;
  failed.reason = reason;
}

}  // namespace querymark
