// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "service/access_keys.h"
#include "service/http_exchange.h"
#include "service/ingest.h"
#include "service/memory_budget.h"

// POST /: the API of Data Firehose as its clients know it, for one delivery stream of direct puts. AWS's SDKs
// and command line work by their endpoint URL alone.
//
//   aws firehose put-record-batch --endpoint-url http://127.0.0.1:8053 --delivery-stream-name dns-query-logs
//   …
//
// PutRecord, PutRecordBatch, DescribeDeliveryStream, ListDeliveryStreams, with AWS's limits and names of
// errors. A record that cannot be marked has been taken nevertheless, as by Firehose: it is delivered under
// the error prefix. 503 ServiceUnavailableException asks to come again, for the request or for single records
// of a batch that become too large when they are inflated.
namespace querymark {

inline constexpr size_t kPutRecordSizeMax = 1024000;  // before base64
inline constexpr size_t kPutBatchRecordsMax = 500;
inline constexpr size_t kPutBatchSizeMax = size_t{4} << 20;  // before base64
inline constexpr size_t kApiBodySizeMax = size_t{8} << 20;
static_assert(kPutBatchSizeMax / 3 * 4 + kPutBatchRecordsMax * 64 < kApiBodySizeMax);

struct FirehoseStream {
  std::string name;
  std::string prefix;
  std::string error_prefix;
  uint64_t object_size_mb;
  uint64_t object_seconds;
  SystemTime created_at;
};

// All must outlive the handler. `keys`: requests are to be signed, unless they are open.
std::unique_ptr<HttpHandler> make_firehose_api_handler(HttpHead head, const FirehoseStream& stream,
                                                       const AccessKeys& keys, Ingest& ingest,
                                                       MemoryBudget& budget);

}  // namespace querymark
