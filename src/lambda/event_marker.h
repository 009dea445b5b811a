// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_buffer.h"
#include "base/deadline.h"
#include "base/result.h"
#include "domains/dynamodb_lookup.h"
#include "lambda/firehose_event.h"
#include "mark/marker.h"
#include "psl/suffix_table.h"

// The records of a Firehose event, marked.
//
//   payload {"query_name":"www.evil.com."}   kOk, {"query_name":"www.evil.com.","isMatchedDomain":"Y"}\n
//   payload gzip {"messageType":"CONTROL_MESSAGE",…}                                           kDropped
//   payload [1]                                                            kProcessingFailed, "not JSON"
//
// A payload may hold any number of records, plain or gzip, in all the framings that Marker knows: its marked
// records together take its place. One of them that cannot be marked fails the payload: Firehose keeps it as
// it came, and nothing is lost.
//
// First everything is marked from the lookup's cache; what that did not know is fetched at once, and its
// payloads are marked again. Memory: the marked text, below what a response may hold, and one payload,
// inflated (kPayloadSizeMax). Threads: one.
namespace querymark {

// A payload, inflated. Longer ones cannot be answered within a response anyway.
inline constexpr size_t kPayloadSizeMax = kRecordSizeMax;

enum class PayloadFailure : uint8_t {
  kNone,
  kUnreadable,  // no base64, broken gzip, too long
  kRejected,    // a record in it is none
  kUnanswered,  // the table gave no answer
  kTooLarge,    // the response has no room for it
  kNoTime,      // the deadline came first
};

struct MarkedPayload {
  FirehoseResult result = FirehoseResult::kProcessingFailed;
  PayloadFailure failure = PayloadFailure::kNone;
  std::string reason;  // of the failure
  size_t begin = 0;    // of its records in MarkedEvent::records.text; of kOk
  size_t end = 0;
  MarkCounts counts;
};

struct MarkedEvent {
  MarkedRecords records;  // text and matches; those that are there are to be notified of, whatever the result
  std::vector<MarkedPayload> payloads;  // one a record of the event
  ResponseRoom room;                    // what is left of it
  uint64_t from_cache = 0;              // records that were decided without asking the table
  std::optional<Error> lookup_error;    // why the table could not be asked

  FirehoseAnswer answer(size_t payload) const;
  MarkCounts counts() const;
  // Of the payloads that are kProcessingFailed for this reason.
  size_t failures(PayloadFailure failure) const;
};

class EventMarker {
 public:
  // Suffix table and lookup must outlive it.
  EventMarker(const SuffixTable& suffixes, DynamoDbLookup& lookup, const MarkOptions& options);

  // The result lives until the next call. `now`: Unix seconds.
  const MarkedEvent& mark(std::span<const FirehoseRecord> records, int64_t now, Deadline deadline);

 private:
  void mark_payload(const FirehoseRecord& record, MarkedPayload& payload);
  Result<std::string_view> open_payload(const FirehoseRecord& record);
  void settle(MarkedPayload& payload, size_t matches_before);

  DynamoDbLookup& lookup_;
  Marker marker_;
  ByteBuffer decoded_;
  ByteBuffer inflated_;
  MarkedEvent event_;
};

}  // namespace querymark
