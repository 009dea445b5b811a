// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "delivery/delivery_stream.h"
#include "delivery/delivery_target.h"
#include "service/event_log.h"
#include "service/http_server.h"
#include "service/ingest.h"
#include "service/service_alerts.h"

// The stream that never loses a record, in one process: endpoints that take records, marking, the journal,
// and delivery to a store.
//
//   HttpServer ─> handlers ─> Ingest (mark) ─> Committer (group commit) ─> DeliveryStream ─> ObjectStore
//                                ^
//                             LiveTable
//
// Everything that lasts lies in the home: table, spool. A home serves one service at a time.
namespace querymark {

struct ServiceOptions {
  std::string home;
  std::string table_uri;  // empty: the home's own
  HttpServerOptions http;
  IngestOptions ingest;
  AlertOptions alerts;
  DeliveryTarget target;
  uint64_t object_size = uint64_t{64} << 20;
  std::chrono::milliseconds object_interval = std::chrono::seconds(60);
  uint64_t spool_size_max = uint64_t{4} << 30;
  uint64_t memory_max = uint64_t{128} << 20;  // of requests under way
  std::string signing_keys_file = {};  // service/access_keys.h; both empty: whoever reaches it may send
  std::string access_keys_file = {};
  // service/dashboard_access.h; both empty: open on a loopback address
  std::string dashboard_password_hash = {};
  std::string dashboard_tokens_file = {};
};

class Service {
 public:
  // Finds what start() would find wrong with the options, changes nothing and listens nowhere.
  static Result<void> check(const ServiceOptions& options, const SuffixTable& suffixes);

  // Takes requests when it returns. kBusy where another service runs on this home. What it is given must
  // outlive it.
  static Result<std::unique_ptr<Service>> start(const ServiceOptions& options, const SuffixTable& suffixes,
                                                EventLog& log);
  ~Service();

  uint16_t port() const;
  // For people: "dir:/var/lib/querymark/store".
  std::string store() const;
  // Answers what is under way, and delivers what was taken until the deadline; what is left then stays in the
  // spool for the next start. True where nothing is left. Called once.
  bool stop(Deadline deadline);

 private:
  struct State;
  explicit Service(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace querymark
