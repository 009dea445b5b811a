// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_buffer.h"
#include "base/result.h"

// What Firehose hands to a function that transforms records, and what it takes back.
//
//   {"invocationId": …, "records": [{"recordId": "49…", "data": "eyJ…", …}, …]}
//   -> {"records":[{"recordId":"49…","result":"Ok","data":"eyJ…"}, …]}
//
// Cost: some 2 GB/s to read, and about a copy to write. Memory: none but the response's, for the text as it
// stands, and a copy of an event that has less than kEventPadding bytes of room behind it. Threads: one reader
// serves one thread.
namespace querymark {

// What the runtime leaves behind an event (http_reply.h).
inline constexpr size_t kEventPadding = 64;

// Views into the event's text, as JSON writes them between quotes: an id goes back byte for byte.
struct FirehoseRecord {
  std::string_view id;
  std::string_view data;  // base64
  bool has_data = false;  // else there was none, or it was no string
  bool data_has_escapes = false;
};

class FirehoseEventReader {
 public:
  FirehoseEventReader();
  FirehoseEventReader(FirehoseEventReader&&) noexcept;
  ~FirehoseEventReader();

  // The event's records in order. kInvalid where it is no such event; where it is, an id that is not there or
  // no string makes it none. `event` and this reader must outlive the views; the next read() ends them.
  Result<std::span<const FirehoseRecord>> read(const std::string& event);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Appends the bytes of a record. kInvalid where it has none or they are not base64.
Result<void> decode_data(const FirehoseRecord& record, ByteBuffer& out);

enum class FirehoseResult : uint8_t { kOk, kDropped, kProcessingFailed };

struct FirehoseAnswer {
  FirehoseResult result = FirehoseResult::kProcessingFailed;
  std::string_view bytes;  // kOk: what takes the record's place, before base64
};

// What a response may hold, so that it stays below the 6 MB that Lambda takes (contract: an answer that is
// too large is none, for all records).
class ResponseRoom {
 public:
  static constexpr size_t kSizeMax = 6'000'000;

  // Room for the least answer of each of the records.
  explicit ResponseRoom(std::span<const FirehoseRecord> records = {});

  // Takes the room for so many bytes, which become base64, if it is there.
  bool take(size_t size);
  // For what is base64 already.
  bool take_text(size_t size);

 private:
  size_t left_;
};

// One answer a record, in their order. What has kProcessingFailed gets its own data back as far as `room` has
// room for it; Firehose keeps what it sent in any case.
std::string write_firehose_response(std::span<const FirehoseRecord> records,
                                    std::span<const FirehoseAnswer> answers, ResponseRoom room);

}  // namespace querymark
