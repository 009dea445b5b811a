// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "service/http_exchange.h"
#include "service/ingest.h"
#include "service/memory_budget.h"

namespace querymark {

// POST /ingest: a stream of records in any form that marking reads, plain or gzip, of any length.
//
//   curl --data-binary @log.ndjson.gz http://127.0.0.1:8053/ingest
//   -> {"records":1000,"matched":12,"unmatched":988,"rejected":0,"control":0}
//
// It is read, marked and committed in pieces of a MiB, one after another, so that memory is bounded whatever
// its length; the reply comes when all of it is on disk. After any other reply part of it may be: the sender
// that sends it again sends that part twice.
std::unique_ptr<HttpHandler> make_ingest_handler(Ingest& ingest, MemoryBudget& budget);

}  // namespace querymark
