// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "service/access_keys.h"
#include "service/http_exchange.h"
#include "service/ingest.h"
#include "service/memory_budget.h"
#include "service/request_ids.h"

// POST /firehose: an HTTP endpoint destination, to which Data Firehose itself delivers.
//
//   {"requestId":"ed4a…","timestamp":1578090903599,"records":[{"data":"aGk="},…]}, plain or gzip
//   -> {"requestId":"ed4a…","timestamp":1578090901599}
//
// A request that has been taken is known by its id and not stored again. Every answer is JSON with the
// request's id; what may be tried again is 503, what never will do is 4xx (Firehose tries all but 413 again).
// Records are marked and committed in pieces, so that a body of 64 MiB takes little more than its own size.
namespace querymark {

inline constexpr size_t kEndpointBodySizeMax = size_t{64} << 20;  // as sent, and as inflated
inline constexpr size_t kEndpointRecordsMax = 10'000;
inline constexpr size_t kEndpointDataSizeMax = 1'365'336;  // base64 of a record

// All must outlive the handler. `keys`: the head bears one of the access keys, unless they are open.
std::unique_ptr<HttpHandler> make_firehose_endpoint_handler(HttpHead head, const AccessKeys& keys,
                                                            RequestIds& ids, Ingest& ingest,
                                                            MemoryBudget& budget);

}  // namespace querymark
