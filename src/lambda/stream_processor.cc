// SPDX-License-Identifier: Apache-2.0
#include "lambda/stream_processor.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "lambda/embedded_metrics.h"
#include "lambda/log_line.h"
#include "lambda/notifications.h"

namespace querymark {
namespace {

// Of the time there is, a quarter (and no more than notifications may take) is kept for them.
Deadline lookup_deadline(Deadline deadline, bool notifies) {
  if (deadline.is_never()) return deadline;
  const std::chrono::milliseconds left = deadline.left();
  if (!notifies) return Deadline::after(left);
  return Deadline::after(left -
                         std::min<std::chrono::milliseconds>(left / 4, StreamProcessor::kNotifyTimeMax));
}

Deadline answer_deadline(Deadline deadline) {
  if (deadline.is_never()) return deadline;
  return Deadline::after(deadline.left() - StreamProcessor::kAnswerMargin);
}

std::string_view to_string(PayloadFailure failure) {
  switch (failure) {
    case PayloadFailure::kUnreadable:
      return "payloads that cannot be read";
    case PayloadFailure::kRejected:
      return "payloads with records that cannot be marked";
    case PayloadFailure::kUnanswered:
      return "payloads about which the table gave no answer";
    case PayloadFailure::kTooLarge:
      return "payloads for which the response has no room: lower the buffer size of the stream's processor";
    case PayloadFailure::kNoTime:
      return "payloads for which there was no time";
  }
  return "";
}

constexpr std::array kFailures = {PayloadFailure::kUnreadable, PayloadFailure::kRejected,
                                  PayloadFailure::kUnanswered, PayloadFailure::kTooLarge,
                                  PayloadFailure::kNoTime};

}  // namespace

Result<std::unique_ptr<StreamProcessor>> StreamProcessor::open(AwsSession& session,
                                                               const StreamProcessorSettings& settings,
                                                               const StreamProcessorOptions& options,
                                                               Log log) {
  Result<DynamoDb> dynamodb = DynamoDb::open(session, options.table_retries);
  if (!dynamodb) return dynamodb.error();
  std::optional<Sns> sns;
  if (settings.notify != Notify::kOff) {
    Result<Sns> opened = Sns::open(session, settings.topic_arn, options.topic_retries);
    if (!opened) return Error{opened.error().code, "SNS_TOPIC: " + opened.error().detail};
    sns.emplace(*std::move(opened));
  }
  return std::unique_ptr<StreamProcessor>(
      new StreamProcessor(settings, options, *std::move(dynamodb), std::move(sns), std::move(log)));
}

StreamProcessor::StreamProcessor(StreamProcessorSettings settings, const StreamProcessorOptions& options,
                                 DynamoDb dynamodb, std::optional<Sns> sns, Log log)
    : settings_(std::move(settings)),
      options_(options),
      log_(std::move(log)),
      sns_(std::move(sns)),
      lookup_(std::move(dynamodb), settings_.table,
              {settings_.match, settings_.cache_lifetime, options.cache_keys_max}),
      marker_(*options.suffixes, lookup_,
              {.annotate = settings_.annotate, .collect_matches = settings_.notify != Notify::kOff}) {}

Result<std::string> StreamProcessor::process(const Invocation& invocation) {
  const Result<std::span<const FirehoseRecord>> records = reader_.read(invocation.event);
  if (!records) return records.error();
  const Deadline deadline = answer_deadline(invocation.deadline);
  const int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(options_.clock().time_since_epoch()).count();
  const MarkedEvent& event = marker_.mark(*records, now, lookup_deadline(deadline, sns_.has_value()));

  std::optional<Error> failure = failure_of(event);
  Notified notified;
  if (!failure) notified = notify(invocation, event, deadline);
  report(invocation, event, notified);
  if (failure) return *std::move(failure);

  std::vector<FirehoseAnswer> answers;
  answers.reserve(records->size());
  for (size_t i = 0; i < records->size(); ++i) answers.push_back(event.answer(i));
  return write_firehose_response(*records, answers, event.room);
}

// Why the whole invocation is to be tried again, if it is: the table did not answer anything of it, or there
// was no time for anything.
std::optional<Error> StreamProcessor::failure_of(const MarkedEvent& event) const {
  const size_t unanswered = event.failed(PayloadFailure::kUnanswered).count;
  const size_t late = event.failed(PayloadFailure::kNoTime).count;
  if (unanswered > 0 && lookup_.answered() == 0) {
    const std::string why = event.lookup_error ? ": " + event.lookup_error->detail : "";
    return Error{event.lookup_error ? event.lookup_error->code : Errc::kBusy,
                 "the table " + settings_.table + " gave no answer" + why};
  }
  if (late > 0 && unanswered + late == event.payloads.size())
    return Error{Errc::kBusy, "no time left to mark anything"};
  return std::nullopt;
}

StreamProcessor::Notified StreamProcessor::notify(const Invocation& invocation, const MarkedEvent& event,
                                                  Deadline deadline) const {
  if (!sns_ || event.records.matches.empty()) return {};
  const std::vector<SnsMessage> messages =
      match_messages(event.records, settings_.notify, *options_.suffixes);
  const SendOutcome outcome = sns_->publish_all(messages, deadline.or_after(kNotifyTimeMax));
  if (!outcome.failures.empty()) {
    log_(log_line("ERROR", "matches were not notified of", invocation.request_id,
                  {{"topic", settings_.topic_arn},
                   {"count", outcome.failures.size()},
                   {"reason", outcome.failures.front().error.detail}}));
  }
  return {messages.size() - outcome.failures.size(), outcome.failures.size()};
}

void StreamProcessor::report(const Invocation& invocation, const MarkedEvent& event,
                             const Notified& notified) const {
  size_t failed = 0;
  for (const PayloadFailure failure : kFailures) {
    const FailedPayloads& payloads = event.failed(failure);
    failed += payloads.count;
    if (payloads.count == 0) continue;
    const bool by_table = failure == PayloadFailure::kUnanswered && event.lookup_error;
    log_(log_line("ERROR", to_string(failure), invocation.request_id,
                  {{"count", payloads.count},
                   {"first", payloads.first},
                   {"reason", by_table ? event.lookup_error->detail : payloads.reason}}));
  }
  const MarkCounts& counts = event.counts;
  const std::array<Metric, 10> metrics = {{{"Records", counts.records},
                                           {"Matched", counts.matched},
                                           {"Unmatched", counts.unmatched},
                                           {"Rejected", counts.rejected},
                                           {"Control", counts.control},
                                           {"Lookups", lookup_.requests()},
                                           {"CacheHits", event.from_cache},
                                           {"Notifications", notified.sent},
                                           {"NotificationFailures", notified.failed},
                                           {"Failures", failed}}};
  const auto time =
      std::chrono::duration_cast<std::chrono::milliseconds>(options_.clock().time_since_epoch());
  log_(embedded_metrics(settings_.function_name, invocation.request_id, time.count(), metrics));
}

}  // namespace querymark
