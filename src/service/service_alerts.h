// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alert/alert_composer.h"
#include "alert/alert_sender.h"
#include "alert/outbox.h"
#include "aws/aws_access.h"

// The alerts of a service: the outbox in its home, into which matches go before their records are
// acknowledged, and the sender that delivers them to the sinks.
namespace querymark {

struct AlertOptions {
  std::vector<std::string> sinks = {};  // URIs; see alert/alert_sink.h
  AlertPolicy policy = {};
};

class ServiceAlerts {
 public:
  // Finds what open() would find wrong with the options, and opens no file.
  static Result<void> check(const AlertOptions& options);

  // Nothing where no sinks are named. The suffixes must outlive it.
  static Result<std::unique_ptr<ServiceAlerts>> open(const AlertOptions& options, const std::string& home,
                                                     const SuffixTable& suffixes);

  Outbox& outbox() { return *outbox_; }
  std::vector<AlertStatus> status() const;
  uint64_t outbox_size() const { return outbox_->size(); }
  // What waits stays in the outbox for the next start.
  void stop() { sender_->stop(); }

 private:
  ServiceAlerts() = default;

  AwsAccess aws_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<AlertSender> sender_;
};

}  // namespace querymark
