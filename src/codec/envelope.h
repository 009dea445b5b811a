// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Objects that carry records inside them, as other services write them.
//
//   {"message":"{\"query_name\":…}"}  {"message":{"query_name":…}}     a log shipper's wrapper
//   {"messageType":"DATA_MESSAGE","logEvents":[{"message":"…"},…]}     CloudWatch Logs subscription
//   {"rawData":"<base64>","errorCode":…}                               Firehose's error objects; plain or
//   gzip inside
//
// Where several of these members are there, logEvents goes before rawData before message; of members of one
// name the last counts. What stands inside may be an envelope again: it comes out as a payload that
// RecordScanner finds to be one, and the caller says how deep that may go. The bytes inside are never read as
// UTF-8: what is damaged comes out as it went in.
//
// Cost: some 700 MB/s, base64 and gzip less. Threads: pure.
namespace querymark {

struct Envelope {
  enum class Kind { kMessage, kRawData, kLogEvents, kControl };
  Kind kind;
  // What stands inside, in order, each a stream for RecordScanner with kScanPadding spare bytes of capacity
  // behind it. A log event without a message of its own stands for itself, and so is marked or rejected
  // alone. Empty for kControl, the message by which CloudWatch Logs tries a subscription.
  std::vector<std::string> payloads;
};

// What a rawData may hold, inflated.
inline constexpr size_t kEnvelopeSizeMax = size_t{64} << 20;

// Log events of one envelope: as many as 16 MiB hold, were each of 256 bytes.
inline constexpr size_t kLogEventsMax = size_t{1} << 16;

// REQUIRES: an object that RecordScanner gave as kEnvelope. kInvalid where the member is none of the above
// forms (base64 broken, a message that is a number), kCorrupt where gzip is broken, kLimit over
// the bounds above.
Result<Envelope> open_envelope(std::string_view object);

}  // namespace querymark
