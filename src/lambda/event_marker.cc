// SPDX-License-Identifier: Apache-2.0
#include "lambda/event_marker.h"

#include <algorithm>
#include <utility>

#include "codec/gzip.h"

namespace querymark {
namespace {

// Payloads between two looks at the clock, which takes as long as a lookup does.
constexpr size_t kClockStride = 16;
constexpr size_t kInflateStep = size_t{64} << 10;

Result<void> inflate(std::string_view compressed, ByteBuffer& out) {
  GzipInflater inflater;
  for (;;) {
    const Result<GzipProgress> step = inflater.inflate(compressed, out.room(kInflateStep), kInflateStep);
    if (!step) return step.error();
    out.grow(step->produced);
    compressed.remove_prefix(step->consumed);
    if (out.size() > kPayloadSizeMax) return Error::limit("too long: over 16 MiB when inflated");
    if (compressed.empty() && step->produced < kInflateStep) return inflater.finish();
  }
}

void fail(MarkedPayload& payload, PayloadFailure failure, std::string reason) {
  payload.result = FirehoseResult::kProcessingFailed;
  payload.failure = failure;
  payload.reason = std::move(reason);
}

}  // namespace

FirehoseAnswer MarkedEvent::answer(size_t payload) const {
  const MarkedPayload& marked = payloads[payload];
  if (marked.result != FirehoseResult::kOk) return {marked.result, {}};
  return {marked.result, records.text.view().substr(marked.begin, marked.end - marked.begin)};
}

MarkCounts MarkedEvent::counts() const {
  MarkCounts sum;
  for (const MarkedPayload& payload : payloads) sum += payload.counts;
  return sum;
}

size_t MarkedEvent::failures(PayloadFailure failure) const {
  return static_cast<size_t>(
      std::count_if(payloads.begin(), payloads.end(),
                    [failure](const MarkedPayload& payload) { return payload.failure == failure; }));
}

EventMarker::EventMarker(const SuffixTable& suffixes, DynamoDbLookup& lookup, const MarkOptions& options)
    : lookup_(lookup), marker_(suffixes, lookup, options) {}

const MarkedEvent& EventMarker::mark(std::span<const FirehoseRecord> records, int64_t now,
                                     Deadline deadline) {
  event_.records.clear();
  event_.payloads.assign(records.size(), MarkedPayload());
  event_.room = ResponseRoom(records);
  event_.from_cache = 0;
  event_.lookup_error.reset();
  lookup_.begin(now);

  bool all_answered = true;
  bool late = false;
  for (size_t i = 0; i < records.size(); ++i) {
    MarkedPayload& payload = event_.payloads[i];
    if (i % kClockStride == 0) late = deadline.passed();
    if (late) {
      fail(payload, PayloadFailure::kNoTime, "no time left");
      continue;
    }
    mark_payload(records[i], payload);
    event_.from_cache += payload.counts.matched + payload.counts.unmatched;
    all_answered &= payload.failure != PayloadFailure::kUnanswered;
  }
  if (all_answered) return event_;

  if (const Result<void> fetched = lookup_.fetch(deadline); !fetched) event_.lookup_error = fetched.error();
  for (size_t i = 0; i < records.size(); ++i) {
    if (event_.payloads[i].failure == PayloadFailure::kUnanswered)
      mark_payload(records[i], event_.payloads[i]);
  }
  return event_;
}

// The record's bytes, inflated, with kScanPadding readable bytes behind them.
Result<std::string_view> EventMarker::open_payload(const FirehoseRecord& record) {
  decoded_.clear();
  if (const Result<void> decoded = decode_data(record, decoded_); !decoded) return decoded.error();
  if (!is_gzip(decoded_.view())) return decoded_.view();
  inflated_.clear();
  if (const Result<void> inflated = inflate(decoded_.view(), inflated_); !inflated) return inflated.error();
  return inflated_.view();
}

void EventMarker::mark_payload(const FirehoseRecord& record, MarkedPayload& payload) {
  payload = MarkedPayload();
  const Result<std::string_view> bytes = open_payload(record);
  if (!bytes) {
    payload.counts.records = payload.counts.rejected = 1;
    return fail(payload, PayloadFailure::kUnreadable, bytes.error().detail);
  }

  MarkedRecords& out = event_.records;
  const size_t matches_before = out.matches.size();
  payload.begin = out.text.size();
  out.counts = MarkCounts();
  marker_.mark(*bytes, true, out);
  payload.end = out.text.size();
  payload.counts = out.counts;
  settle(payload, matches_before);
  out.rejects.clear();
}

// What becomes of a payload whose records are the last ones of `event_.records`.
void EventMarker::settle(MarkedPayload& payload, size_t matches_before) {
  MarkedRecords& out = event_.records;
  const auto drop = [&] {
    out.text.truncate(payload.begin);
    out.matches.resize(matches_before);
  };
  const MarkCounts& counts = payload.counts;
  if (counts.lookups_failed > 0) {
    drop();
    return fail(payload, PayloadFailure::kUnanswered, "the table of interesting domains gave no answer");
  }
  if (counts.rejected > 0) {
    fail(payload, PayloadFailure::kRejected, out.rejects.front().reason);
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
    return fail(payload, PayloadFailure::kTooLarge, "the response would be too large");
  }
  payload.result = FirehoseResult::kOk;
}

}  // namespace querymark
