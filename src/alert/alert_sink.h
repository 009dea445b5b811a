// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "alert/notification.h"
#include "aws/aws_access.h"
#include "aws/batch_sender.h"
#include "base/deadline.h"
#include "base/result.h"

// Where notifications go.
//
//   file:PATH             one a line, appended                                   (alert/file_sink.h)
//   exec:PROGRAM          a program, run for each, its text on stdin             (alert/exec_sink.h)
//   sns:ARN               a message to a topic of Amazon SNS                     (alert/sns_sink.h)
//   https://…, http://…   a POST of JSON, signed                                 (alert/webhook_sink.h)
namespace querymark {

struct AlertOutcome {
  std::vector<SendFailure> failures;         // in order; what is not among them is delivered
  std::chrono::milliseconds retry_after{0};  // what the receiver asked for
};

// Whether a failure is the notification's own fault: sent again, it would be refused again.
bool is_refusal(const Error& error);

class AlertSink {
 public:
  virtual ~AlertSink() = default;
  AlertSink(const AlertSink&) = delete;
  AlertSink& operator=(const AlertSink&) = delete;

  // Its URI, or a form of it that tells no secret: for people, metrics, and the outbox, where it is the same
  // from run to run.
  const std::string& name() const { return name_; }
  // How many notifications it is worth to send at once.
  size_t batch_max() const { return batch_max_; }

  // Sends each once, without trying again: what it does not do by the deadline is a failure.
  // REQUIRES: batch_max() notifications at most. Threads: one call at a time.
  virtual AlertOutcome send(std::span<const Notification> notifications, Deadline deadline) = 0;
  // What was delivered shall outlive a power cut here, as far as that is ours to say.
  virtual Result<void> sync() { return {}; }

 protected:
  AlertSink(std::string name, size_t batch_max) : name_(std::move(name)), batch_max_(batch_max) {}

 private:
  std::string name_;
  size_t batch_max_;
};

// What sinks are opened with.
struct AlertAccess {
  AwsAccess& aws;              // outlives the sinks
  std::string webhook_secret;  // by which webhooks are signed; empty: they are not

  // With the secret of the process's environment.
  static AlertAccess of_process(AwsAccess& aws);
};

// The sink that a URI of one of the forms above names. kInvalid for any other.
Result<std::unique_ptr<AlertSink>> open_alert_sink(const std::string& uri, const AlertAccess& access);

}  // namespace querymark
