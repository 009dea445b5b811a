// SPDX-License-Identifier: Apache-2.0
// querymark alerts list, alerts retry URI: notifications of the service that did not reach their sinks.
#include <CLI/CLI.hpp>
#include <memory>

#include "alert/alert_sink.h"
#include "alert/match_record.h"
#include "alert/undelivered_alerts.h"
#include "cli/command.h"
#include "cli/output_stream.h"
#include "codec/json_string.h"
#include "domains/entry_text.h"

namespace querymark {
namespace {

constexpr std::chrono::milliseconds kAttemptTimeout(30'000);
constexpr size_t kPageSize = 100;

Result<UndeliveredAlerts> open_outbox(const CommonOptions& common) {
  return UndeliveredAlerts::open(common.home + "/outbox.db");
}

std::string time_of(SystemTime time) {
  return time_text(std::chrono::system_clock::to_time_t(time));
}

std::string refused_json(const RefusedAlert& alert) {
  std::string json = "{\"number\":" + std::to_string(alert.number);
  for (const auto& [name, value] :
       {std::pair("refused", time_of(alert.refused)), {"sink", alert.sink}, {"reason", alert.reason}}) {
    json.append(",\"").append(name).append("\":");
    append_json_string(value, json);
  }
  return valid_utf8(json + ",\"notification\":" + alert.notification.text + "}");
}

Result<void> print_waiting(const UndeliveredAlerts& outbox) {
  const Result<std::vector<UndeliveredAlerts::WaitingSink>> sinks = outbox.waiting();
  if (!sinks) return sinks.error();
  for (const UndeliveredAlerts::WaitingSink& sink : *sinks) {
    const std::string oldest = sink.oldest ? ", the oldest since " + time_of(*sink.oldest) : "";
    print_info(sink.name + ": " + grouped(sink.matches) + " matches wait" + oldest);
  }
  return {};
}

ExitStatus list(const CommonOptions& common) {
  const Result<UndeliveredAlerts> outbox = open_outbox(common);
  if (!outbox) return fail(outbox.error());
  if (const Result<void> printed = print_waiting(*outbox); !printed) return fail(printed.error());
  OutputStream out;
  int64_t last = 0;
  while (!out.failed()) {
    const Result<std::vector<RefusedAlert>> alerts = outbox->refused("", last, kPageSize);
    if (!alerts) return fail(alerts.error());
    if (alerts->empty()) break;
    for (const RefusedAlert& alert : *alerts) out.write_line(refused_json(alert));
    last = alerts->back().number;
  }
  const Result<void> written = out.finish();
  return written || written.error().code == Errc::kClosed ? ExitStatus::kDone : fail(written.error());
}

struct RetryCounts {
  uint64_t delivered = 0;
  uint64_t refused = 0;  // again
};

// One batch. An Error where the sink does not take them now.
Result<void> send(const std::vector<RefusedAlert>& alerts, AlertSink& sink, const UndeliveredAlerts& outbox,
                  RetryCounts& counts) {
  std::vector<Notification> notifications;
  notifications.reserve(alerts.size());
  for (const RefusedAlert& alert : alerts) notifications.push_back(alert.notification);
  const AlertOutcome outcome = sink.send(notifications, Deadline::after(kAttemptTimeout));
  Result<void> sent = sink.sync();
  if (!sent) return sent;
  std::vector<bool> failed(alerts.size());
  for (const SendFailure& failure : outcome.failures) {
    failed[failure.index] = true;
    if (is_refusal(failure.error)) {
      ++counts.refused;
      print_error(std::to_string(alerts[failure.index].number) + ": " + failure.error.detail);
    } else {
      sent = failure.error;
    }
  }
  for (size_t i = 0; i < alerts.size(); ++i) {
    if (failed[i]) continue;
    if (Result<void> removed = outbox.remove_refused(alerts[i].number); !removed) return removed;
    ++counts.delivered;
  }
  return sent;
}

Result<void> send_all(AlertSink& sink, const UndeliveredAlerts& outbox, RetryCounts& counts) {
  for (int64_t last = 0;;) {
    const Result<std::vector<RefusedAlert>> alerts = outbox.refused(sink.name(), last, sink.batch_max());
    if (!alerts) return alerts.error();
    if (alerts->empty()) return {};
    last = alerts->back().number;
    if (Result<void> sent = send(*alerts, sink, outbox, counts); !sent) return sent;
  }
}

ExitStatus retry(const CommonOptions& common, const std::string& uri) {
  AwsAccess aws;
  const Result<std::unique_ptr<AlertSink>> sink = open_alert_sink(uri, AlertAccess::of_process(aws));
  if (!sink) return fail(sink.error());
  const Result<UndeliveredAlerts> outbox = open_outbox(common);
  if (!outbox) return fail(outbox.error());
  RetryCounts counts;
  const Result<void> sent = send_all(**sink, *outbox, counts);
  print_info((*sink)->name() + ": " + grouped(counts.delivered) + " delivered, " + grouped(counts.refused) +
             " refused again");
  if (!sent) return fail(sent.error());
  return counts.refused > 0 ? ExitStatus::kFailed : ExitStatus::kDone;
}

}  // namespace

void add_alerts_command(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* alerts = app.add_subcommand("alerts", "Show what did not reach the service's sinks, and send it");
  alerts->require_subcommand(1);
  CLI::App* list_verb =
      alerts->add_subcommand("list", "What waits for each sink, and the notifications that were refused");
  list_verb->callback([&common, &action] { action = [&common] { return list(common); }; });
  CLI::App* retry_verb = alerts->add_subcommand("retry", "Send again what a sink has refused");
  auto uri = std::make_shared<std::string>();
  retry_verb->add_option("URI", *uri, "The sink, as it stands in the service's --alert")->required();
  retry_verb->callback([&common, &action, uri] { action = [&common, uri] { return retry(common, *uri); }; });
}

}  // namespace querymark
