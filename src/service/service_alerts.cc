// SPDX-License-Identifier: Apache-2.0
#include "service/service_alerts.h"

#include <algorithm>
#include <chrono>

namespace querymark {
namespace {

// The outbox knows sinks by their names.
Result<void> check_distinct(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) return Error::invalid("--alert " + *twice + " is there twice");
  return {};
}

}  // namespace

Result<void> ServiceAlerts::check(const AlertOptions& options) {
  if (Result<void> checked = check_distinct(options.sinks); !checked) return checked;
  AwsAccess aws;
  for (const std::string& uri : options.sinks) {
    if (uri.starts_with("file:")) continue;
    if (const auto sink = open_alert_sink(uri, AlertAccess::of_process(aws)); !sink) return sink.error();
  }
  return {};
}

Result<std::unique_ptr<ServiceAlerts>> ServiceAlerts::open(const AlertOptions& options,
                                                           const std::string& home,
                                                           const SuffixTable& suffixes) {
  if (options.sinks.empty()) return std::unique_ptr<ServiceAlerts>();
  std::unique_ptr<ServiceAlerts> alerts(new ServiceAlerts());
  std::vector<AlertSender::Sink> sinks;
  std::vector<std::string> names;
  for (const std::string& uri : options.sinks) {
    Result<std::unique_ptr<AlertSink>> sink = open_alert_sink(uri, AlertAccess::of_process(alerts->aws_));
    if (!sink) return sink.error();
    names.push_back((*sink)->name());
    sinks.push_back({*std::move(sink), options.policy});
  }
  if (const Result<void> checked = check_distinct(names); !checked) return checked.error();
  Result<std::unique_ptr<Outbox>> outbox = Outbox::open(home + "/outbox.db", names, kOutboxSizeMax);
  if (!outbox) return outbox.error();
  alerts->outbox_ = *std::move(outbox);
  alerts->sender_ = std::make_unique<AlertSender>(*alerts->outbox_, suffixes, std::move(sinks));
  return alerts;
}

std::vector<AlertStatus> ServiceAlerts::status() const {
  return sender_->status(std::chrono::system_clock::now());
}

}  // namespace querymark
