// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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
// Payloads are marked in runs, as if they were one text: that takes half the time that it takes one by one.
// Where anything of a run is not as it should be, its payloads are marked one by one, so that none touches
// another. First everything is marked from the lookup's cache; what that did not know is fetched at once, and
// its payloads are marked again. Memory: the marked text, below what a response may hold, and one run, of
// which only the last payload, inflated, may be large (kPayloadSizeMax); its records, of which the least take
// some 100 bytes each, but not what is rejected. Threads: one.
namespace querymark {

// A payload, inflated. Longer ones cannot be answered within a response anyway.
inline constexpr size_t kPayloadSizeMax = kRecordSizeMax;

enum class PayloadFailure : uint8_t {
  kUnreadable,  // no base64, broken gzip, too long
  kRejected,    // a record in it is none
  kUnanswered,  // the table gave no answer
  kTooLarge,    // the response has no room for it
  kNoTime,      // the deadline came first
};

inline constexpr size_t kPayloadFailures = 5;

// The payloads that failed for one of the reasons.
struct FailedPayloads {
  size_t count = 0;
  size_t first = 0;    // its place in the event
  std::string reason;  // of the first
};

struct MarkedPayload {
  FirehoseResult result = FirehoseResult::kProcessingFailed;
  size_t begin = 0;  // of its records in MarkedEvent::records.text; of kOk
  size_t end = 0;
};

struct MarkedEvent {
  // Text, and matches; those that are there are to be notified of, whatever the result.
  MarkedRecords records;
  MarkCounts counts;
  std::vector<MarkedPayload> payloads;  // one a record of the event
  ResponseRoom room;                    // what is left of it
  uint64_t from_cache = 0;              // records that were decided without asking the table
  std::optional<Error> lookup_error;    // why the table could not be asked

  FirehoseAnswer answer(size_t payload) const;
  const FailedPayloads& failed(PayloadFailure failure) const;

 private:
  friend class EventMarker;
  std::array<FailedPayloads, kPayloadFailures> failed_;
};

class EventMarker {
 public:
  // Suffix table and lookup must outlive it.
  EventMarker(const SuffixTable& suffixes, DynamoDbLookup& lookup, const MarkOptions& options);

  // The result lives until the next call. `now`: Unix seconds.
  const MarkedEvent& mark(std::span<const FirehoseRecord> records, int64_t now, Deadline deadline);

 private:
  using Indices = std::span<const size_t>;
  // A payload of the run at hand: where its bytes stand in run_bytes_.
  struct Piece {
    size_t payload;
    size_t begin;
    size_t end;
  };
  enum class Pass : uint8_t { kFromCache, kFetched };
  enum class AtReject : uint8_t { kStop, kGoOn };
  struct Marked {
    MarkCounts counts;
    std::string reason;  // of the first record that was rejected

    // Nothing was rejected but for the want of an answer.
    bool is_sound() const { return counts.rejected == counts.lookups_failed; }
  };

  void mark_payloads(std::span<const FirehoseRecord> records, Indices asked, Pass pass, Deadline deadline);
  size_t read_run(std::span<const FirehoseRecord> records, Indices asked);
  Result<void> append_bytes(const FirehoseRecord& record);
  void mark_run(Pass pass);
  bool settle_run(size_t text_begin);
  void mark_alone(const Piece& piece, Pass pass);
  Marked mark_bytes(std::string_view bytes, AtReject at_reject);
  void fail(size_t payload, PayloadFailure failure, std::string_view reason);

  DynamoDbLookup& lookup_;
  Marker marker_;
  ByteBuffer run_bytes_;
  ByteBuffer compressed_;
  std::vector<Piece> run_;
  std::vector<size_t> unanswered_;  // payloads that wait for what is to be fetched
  MarkedEvent event_;
};

}  // namespace querymark
