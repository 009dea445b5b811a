// SPDX-License-Identifier: Apache-2.0
#include "aws/firehose_reply.h"

#include <simdjson.h>

namespace querymark {

Result<std::vector<FirehoseRecordResult>> read_put_record_batch_reply(std::string_view body, size_t records) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array responses;
  if (body.empty() || parser.parse(body.data(), body.size()).get(document) != simdjson::SUCCESS ||
      document["RequestResponses"].get(responses) != simdjson::SUCCESS) {
    return Error::corrupt("reply: no RequestResponses");
  }
  if (responses.size() != records) return Error::corrupt("reply: not one response for each record");
  std::vector<FirehoseRecordResult> results;
  results.reserve(records);
  for (const simdjson::dom::element response : responses) {
    FirehoseRecordResult& result = results.emplace_back();
    std::string_view text;
    if (response["ErrorCode"].get(text) == simdjson::SUCCESS) result.error_code = text;
    if (response["ErrorMessage"].get(text) == simdjson::SUCCESS) result.error_message = text;
    const bool taken = response["RecordId"].get(text) == simdjson::SUCCESS;
    if (!taken && result.error_code.empty()) return Error::corrupt("reply: neither RecordId nor ErrorCode");
  }
  return results;
}

}  // namespace querymark
