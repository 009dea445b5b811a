// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "query/log_store.h"
#include "service/dashboard_access.h"
#include "service/live_table.h"
#include "service/recent_records.h"

// The dashboard of a service: its page at /, and what the page asks for below /api/.
//
//   if (std::unique_ptr<HttpHandler> handler = dashboard.begin(head)) return handler;
//
// docs/dashboard.md shows it and lists the interface. Answers are computed on threads of its own, a bounded
// number of them at a time: taking records goes on whatever is asked. Threads: begin() by any number.
namespace querymark {

struct DashboardOptions {
  LogStore store;  // the records' part of it
  std::string home;
  std::string table_uri;
  MatchMode match = MatchMode::kRegistered;
  DashboardAccessOptions access;
};

class Dashboard {
 public:
  // What it is given must outlive it. `metrics`: Prometheus' text, from any thread.
  Dashboard(DashboardOptions options, const SuffixTable& suffixes, const LiveTable& table,
            const RecentRecords& recent, std::function<std::string()> metrics);
  ~Dashboard();

  // Nothing where the path is none of the dashboard's.
  std::unique_ptr<HttpHandler> begin(const HttpHead& head);
  // Ends questions under way; returns when all requests are answered. Later ones are told 503.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace querymark
