// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Firehose event: read in place and from a copy they give the same, a full parser agrees with
// what was taken, and the response to it is JSON with an answer a record.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "lambda/firehose_event.h"

using namespace querymark;
using nlohmann::json;

static void require(bool condition) {
  if (!condition) std::abort();
}

static std::string describe(const Result<std::span<const FirehoseRecord>>& records) {
  if (!records) return records.error().detail;
  std::string text;
  for (const FirehoseRecord& record : *records) {
    text.append(record.id).append(record.has_data ? "=" : "-").append(record.data).append("\n");
  }
  return text;
}

static std::vector<FirehoseAnswer> answers_for(std::span<const FirehoseRecord> records) {
  std::vector<FirehoseAnswer> answers;
  ByteBuffer decoded;
  for (const FirehoseRecord& record : records) {
    decoded.clear();
    const bool ok = decode_data(record, decoded).has_value();
    answers.push_back({ok ? FirehoseResult::kOk : FirehoseResult::kProcessingFailed, "x"});
  }
  return answers;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string event(reinterpret_cast<const char*>(data), size);
  event.shrink_to_fit();
  FirehoseEventReader copying;
  const std::string from_copy = describe(copying.read(event));
  event.reserve(size + 1000);
  FirehoseEventReader reader;
  const Result<std::span<const FirehoseRecord>> records = reader.read(event);
  require(describe(records) == from_copy);
  if (!records) return 0;

  const std::string response =
      write_firehose_response(*records, answers_for(*records), ResponseRoom(*records));
  const json answered = json::parse(response, nullptr, false);
  require(answered.is_object() && answered["records"].size() == records->size());
  // The reader passes over what it does not need, so that not all it takes is JSON.
  const json asked = json::parse(event, nullptr, false);
  if (asked.is_discarded()) return 0;
  for (size_t i = 0; i < records->size(); ++i) {
    require(asked["records"].size() == records->size());
    require(answered["records"][i]["recordId"] == asked["records"][i]["recordId"]);
  }
  return 0;
}
