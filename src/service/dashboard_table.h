// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "service/dashboard_request.h"
#include "service/live_table.h"

// What the dashboard shows and changes of the table of interesting domains: the same as `querymark domains`
// does, by the same functions. The service marks by the new table a moment after a change (live_table.h).
// Threads: one at a time, but for lists_of().
namespace querymark {

struct DashboardTableOptions {
  std::string home;
  std::string table_uri;
  MatchMode match = MatchMode::kRegistered;
};

class DashboardTable {
 public:
  // All must outlive it.
  DashboardTable(DashboardTableOptions options, const SuffixTable& suffixes, const LiveTable& live)
      : options_(std::move(options)), suffixes_(suffixes), live_(live) {}

  // {"table":"sqlite:…","match":"registered","editable":true,"entries":12,"allow_entries":0,"lists":[…]}
  DashboardAnswer lists() const;
  // ?list=&pattern=&allow=1: {"entries":[…],"truncated":false}, the first kEntriesMax
  DashboardAnswer entries(const DashboardRequest& request) const;
  // ?list=&format=&keep=&allow=1&mirror=1&force=1&dry_run=1, the list as the body, plain or gzip:
  // {"summary":{"lists":[…]},"receipt":[…],"receipt_lines":30}
  DashboardAnswer import(const DashboardRequest& request) const;
  // ?list=&allow=1&note=, names as the body, one a line: {"added":1,"already_there":0,"warnings":[]}
  DashboardAnswer add(const DashboardRequest& request) const;
  // ?list=&allow=1, names as the body: {"removed":[1]}, the lists that each stood in
  DashboardAnswer remove(const DashboardRequest& request) const;
  // ?name=: explanation_json() in both ways of matching
  DashboardAnswer explain(const DashboardRequest& request) const;

  // Lists that make this first-level domain interesting now.
  std::vector<std::string> lists_of(const std::string& domain) const;

 private:
  static constexpr size_t kEntriesMax = 200;
  static constexpr size_t kReceiptLinesMax = 200;

  DashboardTableOptions options_;
  const SuffixTable& suffixes_;
  const LiveTable& live_;
};

}  // namespace querymark
