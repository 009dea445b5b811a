// SPDX-License-Identifier: Apache-2.0
#include "alert/sns_sink.h"

#include <utility>

#include "alert/sns_message.h"

namespace querymark {
namespace {

// Trying again is the caller's, who knows how long.
constexpr RetryPolicy kOnce{1, std::chrono::milliseconds(0)};
constexpr const char* kFifoGroup = "querymark";

class SnsSink final : public AlertSink {
 public:
  SnsSink(Sns sns, const std::string& topic_arn)
      : AlertSink("sns:" + topic_arn, kSnsBatchMax),
        sns_(std::move(sns)),
        is_fifo_(topic_arn.ends_with(".fifo")) {}

  AlertOutcome send(std::span<const Notification> notifications, Deadline deadline) override {
    std::vector<SnsMessage> messages;
    for (const Notification& notification : notifications) {
      messages.push_back(sns_message(notification));
      if (!is_fifo_) continue;
      messages.back().group_id = kFifoGroup;
      messages.back().deduplication_id = notification.id;
    }
    AlertOutcome outcome;
    outcome.failures = sns_.publish_all(messages, deadline).failures;
    return outcome;
  }

 private:
  Sns sns_;
  bool is_fifo_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> open_sns_sink(const std::string& topic_arn, AwsAccess& aws) {
  Result<Sns> sns = aws.sns(topic_arn, kOnce);
  if (!sns) return sns.error();
  return std::unique_ptr<AlertSink>(std::make_unique<SnsSink>(*std::move(sns), topic_arn));
}

}  // namespace querymark
