// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The bodies in which records come: of Firehose's API, and of Firehose as a sender. The data stays where it
// lies; IngestBatch::add_base64() reads it.
//
//   {"DeliveryStreamName":"dns","Record":{"Data":"aGk="}}                        PutRecord
//   {"DeliveryStreamName":"dns","Records":[{"Data":"aGk="},…]}                   PutRecordBatch
//   {"requestId":"ed4a…","timestamp":1578090903599,"records":[{"data":"aGk="}]}  HTTP endpoint destination
//
// Members in any order, unknown ones passed over. Cost: some 10 GB/s. Threads: pure.
namespace querymark {

struct PutRequest {
  std::string name;                    // of the stream, or the request's id; empty: there was none
  std::vector<std::string_view> data;  // base64, as written between its quotes; views into the body
};

// kInvalid where the body is no JSON, or lacks records, or one of its members has the wrong type.
Result<PutRequest> parse_put_record(std::string_view body);
Result<PutRequest> parse_put_record_batch(std::string_view body);
Result<PutRequest> parse_endpoint_request(std::string_view body);

}  // namespace querymark
