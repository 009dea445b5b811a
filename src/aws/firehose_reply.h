// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The reply to PutRecordBatch, read from its JSON.
namespace querymark {

struct FirehoseRecordResult {
  std::string error_code;  // empty: taken
  std::string error_message;
};

// One a record, in the order of the request. kCorrupt where there are not `records` of them.
Result<std::vector<FirehoseRecordResult>> read_put_record_batch_reply(std::string_view body, size_t records);

}  // namespace querymark
