// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_time.h"
#include "base/result.h"

// What delivered objects are called: keys as Data Firehose makes them.
//
//   prefix "dns-query-logs/!{timestamp:yyyy/MM/dd/HH}/", stream "dns", 2026-11-24 18:05:09 UTC
//   -> dns-query-logs/2026/11/24/18/dns-1-2026-11-24-18-05-09-0b0c4f3e-7f1c-4c3a-9a55-3f8d3bb1c2aa.gz
//
// The time is that of the oldest record in the object. Threads: pure.
namespace querymark {

inline constexpr size_t kPrefixSizeMax = 1024;    // as written
inline constexpr size_t kKeyPrefixSizeMax = 512;  // as evaluated

// An object before it has its place: its name says when its oldest record came, so that a part file that is
// found after a crash is delivered under the key it would have had.
struct ObjectName {
  std::string stream;
  SystemTime time;   // whole seconds
  std::string uuid;  // 36 characters

  // "<stream>-1-YYYY-MM-dd-HH-mm-ss-<uuid>"
  std::string text() const;
  // Nothing where `text` is not of that form.
  static std::optional<ObjectName> parse(std::string_view text);
};

// A name that no other object has.
ObjectName new_object_name(std::string_view stream, SystemTime now);

// 36 characters, version 4: random.
std::string new_uuid();

// A stream's name as Firehose takes it: 1 to 64 of A-Z a-z 0-9 _ . -
bool is_stream_name(std::string_view text);

// A prefix with expressions, read once:
//
//   !{timestamp:FORMAT}             UTC; y M d D H m s repeated, text in '…', and what is no letter
//   !{firehose:random-string}       11 characters
//   !{firehose:error-output-type}   in prefixes of error objects only, and needed there where others are
//
// A prefix without a timestamp gets "!{timestamp:yyyy/MM/dd/HH/}" appended, as Firehose does it.
class ObjectPrefix {
 public:
  enum class Kind : uint8_t { kRecords, kErrors };

  // kInvalid says what is wrong with the text. A key must stay within its store: no leading "/", no "..".
  static Result<ObjectPrefix> parse(std::string_view text, Kind kind);

  // The prefix of one object's key. `error_output_type`: "processing-failed"; empty for records.
  std::string at(const ObjectName& name, std::string_view error_output_type = {}) const;

 private:
  enum class PieceKind : uint8_t { kText, kTimestamp, kRandomString, kErrorOutputType };
  struct Piece {
    PieceKind kind;
    std::string text;  // of a timestamp: its format
  };

  static Result<Piece> parse_expression(std::string_view expression, Kind kind);
  bool has(PieceKind kind) const;

  std::vector<Piece> pieces_;
};

}  // namespace querymark
