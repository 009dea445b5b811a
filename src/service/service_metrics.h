// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "alert/alert_sender.h"
#include "delivery/delivery_stream.h"
#include "service/committer.h"
#include "service/http_server.h"
#include "service/ingest.h"
#include "service/live_table.h"

namespace querymark {

// What GET /metrics tells, taken from the parts of the service at one moment.
struct ServiceStatus {
  HttpServerStatus http;
  IngestStatus ingest;
  CommitterStatus committer;
  DeliveryStatus records;
  DeliveryStatus errors;
  LiveTableStatus table;
  std::vector<ListSummary> lists = {};
  std::vector<AlertStatus> alerts = {};  // of each sink
  uint64_t outbox_size = 0;
  uint64_t table_entries = 0;
  uint64_t table_allow_entries = 0;
  uint64_t memory_used = 0;
  uint64_t memory_max = 0;
  uint64_t spool_size_max = 0;
};

// In Prometheus' text form; docs/operating.md says what each means.
std::string metrics_text(const ServiceStatus& status);

}  // namespace querymark
