// SPDX-License-Identifier: Apache-2.0
#include "cli/mark_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace querymark {
namespace {

std::string megabytes(uint64_t bytes) {
  const double size = static_cast<double>(bytes) / 1e6;
  return fmt::format("{:.{}f} MB", size, size < 10 ? 2 : 0);
}

}  // namespace

MarkReport::MarkReport(std::string rejects_path, UniqueFd rejects, std::unique_ptr<MarkAlerts> alerts,
                       uint64_t bytes_total)
    : rejects_path_(std::move(rejects_path)),
      rejects_(std::move(rejects)),
      alerts_(std::move(alerts)),
      bytes_total_(bytes_total) {}

Result<void> MarkReport::rejected(const InputPlace& place, const RejectedRecord& record) {
  if (rejects_shown_++ < kRejectsShownMax) {
    progress_.clear();
    const std::string path = place.path == "-" ? "stdin" : std::string(place.path);
    print_warning(path + ":" + std::to_string(place.line) + ": byte " + std::to_string(place.byte) +
                  ": rejected: " + record.reason);
    if (rejects_shown_ == kRejectsShownMax) print_warning("more rejected records are counted, not shown");
  }
  return keep(record.bytes, record.is_cut);
}

Result<void> MarkReport::rejected_more(std::string_view bytes, bool is_cut) {
  return keep(bytes, is_cut);
}

Result<void> MarkReport::keep(std::string_view bytes, bool is_cut) {
  if (!rejects_) return {};
  if (Result<void> written = write_all(rejects_.get(), bytes, rejects_path_); !written) return written;
  return is_cut ? Result<void>() : write_all(rejects_.get(), "\n", rejects_path_);
}

Result<void> MarkReport::matched(std::string_view record, const MatchedRecord& match) {
  alerts_->tell(record, match);
  show_alert_error();
  return {};
}

void MarkReport::finish_alerts() {
  if (!alerts_) return;
  alerts_->finish();
  show_alert_error();
}

void MarkReport::show_alert_error() {
  if (alert_error_shown_ || alerts_->failed() == 0) return;
  alert_error_shown_ = true;
  progress_.clear();
  print_error("alert not delivered: " + alerts_->first_error()->detail);
}

void MarkReport::damaged(std::string_view, const Error& error) {
  has_damage_ = true;
  progress_.clear();
  print_error(error.detail + "; what came before it is marked");
}

void MarkReport::progress(uint64_t bytes_read, const MarkCounts& counts) {
  if (!progress_.due()) return;
  std::string text = grouped(counts.records) + " records, " + grouped(counts.matched) + " matched, ";
  if (bytes_total_ > 0) {
    const double part = static_cast<double>(bytes_read) / static_cast<double>(bytes_total_);
    text += fmt::format("{:.0f} %", 100 * std::min(part, 1.0));
  } else {
    text += megabytes(bytes_read);
  }
  progress_.draw(text);
}

std::string summary_text(const MarkSummary& summary) {
  const MarkCounts& counts = summary.totals.counts;
  std::string text = fmt::format(
      "{} records in = {} matched + {} unmatched + {} rejected + {} control\n{} in, {} out, {:.2f} s",
      grouped(counts.records), grouped(counts.matched), grouped(counts.unmatched), grouped(counts.rejected),
      grouped(counts.control), megabytes(summary.totals.bytes_in), megabytes(summary.totals.bytes_out),
      summary.seconds);
  if (summary.seconds > 0) {
    const double rate = static_cast<double>(counts.records) / summary.seconds;
    text += fmt::format(", {} records/s", grouped(static_cast<uint64_t>(rate)));
  }
  if (summary.alerts_sent + summary.alerts_failed > 0) {
    text += fmt::format("\n{} alerts delivered, {} failed", grouped(summary.alerts_sent),
                        grouped(summary.alerts_failed));
  }
  return text;
}

std::string summary_json(const MarkSummary& summary) {
  const MarkCounts& counts = summary.totals.counts;
  const nlohmann::ordered_json json = {
      {"records_in", counts.records},
      {"matched", counts.matched},
      {"unmatched", counts.unmatched},
      {"rejected", counts.rejected},
      {"control", counts.control},
      {"allowed", counts.allowed},
      {"lookups_failed", counts.lookups_failed},
      {"alerts_sent", summary.alerts_sent},
      {"alerts_failed", summary.alerts_failed},
      {"bytes_in", summary.totals.bytes_in},
      {"bytes_out", summary.totals.bytes_out},
      {"seconds", summary.seconds},
      {"table", summary.table},
      {"table_entries", summary.table_entries},
      {"suffix_list", summary.suffix_list},
      {"match", to_string(summary.match)},
  };
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace querymark
