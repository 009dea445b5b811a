// SPDX-License-Identifier: Apache-2.0
#include "delivery/error_record.h"

#include <simdjson.h>

#include <chrono>
#include <string>

#include "codec/base64.h"
#include "codec/json_string.h"

namespace querymark {

static std::string milliseconds(SystemTime time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

void append_error_record(const ErrorRecord& record, ByteBuffer& out) {
  std::string text =
      R"({"attemptsMade":1,"arrivalTimestamp":)" + milliseconds(record.arrived_at) + R"(,"errorCode":)";
  append_json_string(record.code, text);
  text += R"(,"errorMessage":)";
  append_json_string(record.message, text);
  text += R"(,"attemptEndingTimestamp":)" + milliseconds(record.failed_at) + R"(,"rawData":")";
  out.append(text);
  const size_t size = base64_size(record.raw_data.size());
  encode_base64(record.raw_data, out.room(size));
  out.grow(size);
  out.append("\"}\n");
}

bool is_error_record(std::string_view line) {
  if (line.find('\n') != std::string_view::npos) return false;
  simdjson::dom::parser parser;
  std::string_view raw_data;
  return parser.parse(line.data(), line.size())["rawData"].get(raw_data) == simdjson::SUCCESS;
}

std::optional<std::string> read_raw_data(std::string_view object) {
  simdjson::dom::parser parser;
  std::string_view raw_data;
  if (parser.parse(object.data(), object.size())["rawData"].get(raw_data) != simdjson::SUCCESS)
    return std::nullopt;
  std::string bytes(base64_decoded_size_max(raw_data.size()), '\0');
  const Result<size_t> size = decode_base64(raw_data, bytes.data());
  if (!size) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

}  // namespace querymark
