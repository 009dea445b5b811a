// SPDX-License-Identifier: Apache-2.0
#include "service/service_metrics.h"

#include "service/metrics_text.h"

namespace querymark {
namespace {

constexpr size_t kListsMax = 100;

double number(uint64_t value) {
  return static_cast<double>(value);
}

// received = acknowledged (matched + unmatched + rejected + control) + refused
void append_records(const IngestStatus& ingest, MetricsText& text) {
  const MarkCounts& counts = ingest.acknowledged;
  text.counter("querymark_records_received_total", "Records that came in and were marked or found wrong.",
               number(counts.records + ingest.records_refused));
  text.family("querymark_records_acknowledged_total", "counter",
              "Records that are on disk, by what marking made of them.");
  text.sample("result", "matched", number(counts.matched));
  text.sample("result", "unmatched", number(counts.unmatched));
  text.sample("result", "rejected", number(counts.rejected));
  text.sample("result", "control", number(counts.control));
  text.counter("querymark_records_refused_total",
               "Records whose sender was told to send them again: they could not be put on disk.",
               number(ingest.records_refused));
  text.counter("querymark_lookups_failed_total", "Of the rejected: the table gave no answer.",
               number(counts.lookups_failed));
  text.counter("querymark_payload_bytes_total", "Bytes of acknowledged records as they came.",
               number(ingest.bytes));
}

void append_commits(const CommitterStatus& committer, MetricsText& text) {
  text.counter("querymark_commits_total", "Group commits.", number(committer.commits));
  text.counter("querymark_commit_requests_total", "Requests made durable by them.",
               number(committer.requests));
  text.counter("querymark_commit_failures_total", "Requests that could not be made durable.",
               number(committer.failures));
  text.counter("querymark_commit_seconds_total", "Time spent writing and syncing.", committer.sync_seconds);
}

using Field = uint64_t DeliveryStatus::*;

void append_both(std::string_view name, std::string_view type, std::string_view help,
                 const ServiceStatus& status, Field field, MetricsText& text) {
  text.family(name, type, help);
  text.sample("kind", "records", number(status.records.*field));
  text.sample("kind", "errors", number(status.errors.*field));
}

// synced + recovered = delivered + waiting
void append_delivery(const ServiceStatus& status, MetricsText& text) {
  append_both("querymark_lines_synced_total", "counter", "Lines made durable in part files.", status,
              &DeliveryStatus::lines, text);
  append_both("querymark_lines_recovered_total", "counter", "Lines found in part files at the start.", status,
              &DeliveryStatus::lines_recovered, text);
  append_both("querymark_lines_delivered_total", "counter", "Lines that are in the store.", status,
              &DeliveryStatus::lines_delivered, text);
  append_both("querymark_lines_waiting", "gauge", "Lines in part files, not in the store yet.", status,
              &DeliveryStatus::lines_waiting, text);
  append_both("querymark_objects_delivered_total", "counter", "Objects put into the store.", status,
              &DeliveryStatus::objects, text);
  append_both("querymark_delivery_failures_total", "counter", "Attempts at delivery that failed.", status,
              &DeliveryStatus::failures, text);
  append_both("querymark_spool_bytes", "gauge", "Bytes of part files.", status, &DeliveryStatus::spool_bytes,
              text);
  append_both("querymark_parts_waiting", "gauge", "Closed part files that wait for the store.", status,
              &DeliveryStatus::parts_waiting, text);
  text.gauge("querymark_spool_bytes_max", "Bound of each kind's part files (--spool-max).",
             number(status.spool_size_max));
  text.gauge(
      "querymark_oldest_part_seconds", "Since the oldest waiting part file was closed.",
      static_cast<double>(std::max(status.records.oldest_waiting, status.errors.oldest_waiting).count()));
}

void append_table(const ServiceStatus& status, MetricsText& text) {
  text.family("querymark_table_entries", "gauge", "Entries of the table in use.");
  text.sample("kind", "interesting", number(status.table_entries));
  text.sample("kind", "allow", number(status.table_allow_entries));
  text.counter("querymark_table_changes_total", "Times that a changed table was taken.",
               number(status.table.changes));
  text.counter("querymark_table_failures_total",
               "Looks at the table that failed; batches without an answer from DynamoDB.",
               number(status.table.failures));
  text.gauge("querymark_table_failing", "1 while the table cannot be read.", status.table.is_failing ? 1 : 0);
}

// Of the first kListsMax.
void append_lists(std::vector<ListSummary> lists, MetricsText& text) {
  if (lists.size() > kListsMax) lists.resize(kListsMax);
  text.family("querymark_list_entries", "gauge", "Entries of a list, allow entries among them.");
  for (const ListSummary& list : lists)
    text.sample("list", list.name, number(list.entries + list.allow_entries));
  text.family("querymark_list_imported_timestamp_seconds", "gauge",
              "Unix time of a list's last import that succeeded.");
  for (const ListSummary& list : lists)
    if (list.last_import > 0) text.sample("list", list.name, static_cast<double>(list.last_import));
  text.family("querymark_list_failed", "gauge", "1 where the last import of a list failed.");
  for (const ListSummary& list : lists)
    text.sample("list", list.name, list.last_result.starts_with("failed") ? 1 : 0);
}

using AlertField = uint64_t AlertStatus::*;

void append_each_sink(std::string_view name, std::string_view type, std::string_view help,
                      const ServiceStatus& status, AlertField field, MetricsText& text) {
  text.family(name, type, help);
  for (const AlertStatus& sink : status.alerts) text.sample("sink", sink.sink, number(sink.*field));
}

// Nothing where no sink is named.
void append_alerts(const ServiceStatus& status, MetricsText& text) {
  if (status.alerts.empty()) return;
  append_each_sink("querymark_alert_matches_delivered_total", "counter", "Matches told to a sink.", status,
                   &AlertStatus::delivered, text);
  append_each_sink("querymark_alert_notifications_total", "counter", "Notifications by which they were told.",
                   status, &AlertStatus::notifications, text);
  append_each_sink("querymark_alert_refused_total", "counter", "Notifications that a sink refused for good.",
                   status, &AlertStatus::refused, text);
  append_each_sink("querymark_alert_failed_attempts_total", "counter", "Attempts at a sink that failed.",
                   status, &AlertStatus::failed_attempts, text);
  append_each_sink("querymark_alert_matches_waiting", "gauge", "Matches that wait for a sink.", status,
                   &AlertStatus::waiting, text);
  text.family("querymark_alert_oldest_seconds", "gauge", "Age of the oldest match that waits for a sink.");
  for (const AlertStatus& sink : status.alerts)
    text.sample("sink", sink.sink, static_cast<double>(sink.oldest_age.count()) / 1000);
  text.gauge("querymark_outbox_bytes", "Bytes of matches that wait for any sink.",
             number(status.outbox_size));
}

void append_server(const ServiceStatus& status, MetricsText& text) {
  text.gauge("querymark_connections", "Open connections.", number(status.http.connections));
  text.counter("querymark_connections_total", "Connections accepted.", number(status.http.connections_total));
  text.counter("querymark_connections_refused_total", "Connections over the bound.",
               number(status.http.connections_refused));
  text.family("querymark_replies_total", "counter", "Replies by the class of their status.");
  for (const size_t digit : {2, 4, 5})
    text.sample("status", std::to_string(digit) + "xx", number(status.http.replies[digit]));
  text.gauge("querymark_request_memory_bytes", "Memory held by requests under way.",
             number(status.memory_used));
  text.gauge("querymark_request_memory_bytes_max", "Its bound (--memory-max).", number(status.memory_max));
}

}  // namespace

std::string metrics_text(const ServiceStatus& status) {
  MetricsText text;
  append_records(status.ingest, text);
  append_commits(status.committer, text);
  append_delivery(status, text);
  append_table(status, text);
  append_lists(status.lists, text);
  append_alerts(status, text);
  append_server(status, text);
  return text.take();
}

}  // namespace querymark
