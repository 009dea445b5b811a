// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/aws_time.h"
#include "base/byte_buffer.h"

// What could not be marked, in the form in which Firehose keeps it under its error prefix, so that one tool
// replays both.
//
//   {"attemptsMade":1,"arrivalTimestamp":1764007509000,"errorCode":"Querymark.NotMarked",
//    "errorMessage":"not JSON","attemptEndingTimestamp":1764007509003,"rawData":"aGk="}
namespace querymark {

struct ErrorRecord {
  SystemTime arrived_at;
  SystemTime failed_at;
  std::string_view code;
  std::string_view message;
  std::string_view raw_data;  // the record's bytes as they came
};

// Appends it as a line.
void append_error_record(const ErrorRecord& record, ByteBuffer& out);

// Whether a line is an error record already, of whatever maker: an object with a string rawData.
bool is_error_record(std::string_view line);

// The bytes that an error record keeps; nothing where `object` is none, or its rawData no base64.
std::optional<std::string> read_raw_data(std::string_view object);

}  // namespace querymark
