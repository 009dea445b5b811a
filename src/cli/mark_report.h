// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file.h"
#include "cli/console.h"
#include "cli/mark_alerts.h"
#include "mark/stream_marker.h"

// What `querymark mark` does besides marking: keeps the rejected records, raises alerts, shows progress, and
// tells the numbers at the end.
namespace querymark {

class MarkReport final : public MarkObserver {
 public:
  static constexpr uint64_t kRejectsShownMax = 5;

  // `rejects` and `alerts` may be missing. `bytes_total`: of all input, 0 where it is not known.
  MarkReport(std::string rejects_path, UniqueFd rejects, std::unique_ptr<MarkAlerts> alerts,
             uint64_t bytes_total);

  Result<void> rejected(const InputPlace& place, const RejectedRecord& record) override;
  Result<void> rejected_more(std::string_view bytes, bool is_cut) override;
  Result<void> matched(std::string_view record, const MatchedRecord& match) override;
  void damaged(std::string_view path, const Error& error) override;
  void progress(uint64_t bytes_read, const MarkCounts& counts) override;

  void end_progress() { progress_.clear(); }
  // Sends the alerts that wait for others. REQUIRES: called once nothing more matches.
  void finish_alerts();
  bool has_damage() const { return has_damage_; }
  uint64_t alerts_sent() const { return alerts_ ? alerts_->sent() : 0; }
  uint64_t alerts_failed() const { return alerts_ ? alerts_->failed() : 0; }

 private:
  Result<void> keep(std::string_view bytes, bool is_cut);
  void show_alert_error();

  std::string rejects_path_;
  UniqueFd rejects_;
  std::unique_ptr<MarkAlerts> alerts_;
  uint64_t bytes_total_;
  ProgressLine progress_;
  uint64_t rejects_shown_ = 0;
  bool alert_error_shown_ = false;
  bool has_damage_ = false;
};

// The numbers of a run.
struct MarkSummary {
  StreamTotals totals;
  uint64_t alerts_sent;
  uint64_t alerts_failed;
  uint64_t table_entries;
  std::string table;
  std::string suffix_list;
  MatchMode match;
  double seconds;
};

std::string summary_text(const MarkSummary& summary);  // some lines for people
std::string summary_json(const MarkSummary& summary);  // one JSON object

}  // namespace querymark
