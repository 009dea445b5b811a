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
//   {"rawData":"<base64>","errorCode":…}                               Firehose's error objects; plain or gzip inside
namespace querymark {

struct Envelope {
  enum class Kind { kMessage, kRawData, kLogEvents, kControl };
  Kind kind;
  // What stands inside, in order, each a stream for RecordScanner with kScanPadding spare bytes of capacity behind
  // it. Empty for kControl, the message by which CloudWatch Logs tries a subscription.
  std::vector<std::string> payloads;
};

// What an envelope may hold, inflated.
inline constexpr size_t kEnvelopeSizeMax = size_t{64} << 20;

// REQUIRES: an object that RecordScanner gave as kEnvelope. kInvalid where the member is none of the above forms
// (base64 or gzip broken, a message that is a number), kLimit over kEnvelopeSizeMax.
Result<Envelope> open_envelope(std::string_view object);

}  // namespace querymark
