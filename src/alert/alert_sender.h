// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "alert/alert_composer.h"
#include "alert/alert_sink.h"
#include "alert/outbox.h"
#include "aws/aws_time.h"

// Delivers what waits in an outbox to its sinks, each on a thread of its own: one that is dead or slow holds
// up neither the others nor whoever fills the outbox.
//
//   outbox = Outbox::open(path, {sink->name()}, kOutboxSizeMax);
//   AlertSender sender(*outbox, SuffixTable::built_in(), {{sink, policy}});
//   sender.status(now)[0].waiting
//
// What fails is sent again, after pauses that grow, with full jitter, to pause_max, or as long as the
// receiver asks for; what a sink refuses for good is kept in the outbox's table `refused`, and the next one
// follows. Nothing is left out, and nothing is delivered twice but where an answer was lost, or the program
// or the power between a delivery and its mark.
//
// Threads: any.
namespace querymark {

struct AlertPauses {
  std::chrono::milliseconds pause_base{500};
  std::chrono::milliseconds pause_max{60'000};
  std::chrono::milliseconds attempt_timeout{15'000};
};

struct AlertStatus {
  std::string sink;                         // its name
  uint64_t delivered = 0;                   // matches, since the start
  uint64_t notifications = 0;               // by which they were told
  uint64_t refused = 0;                     // of notifications
  uint64_t failed_attempts = 0;             // at sending some
  uint64_t waiting = 0;                     // matches
  std::chrono::milliseconds oldest_age{0};  // of those that wait
  std::string last_error{};                 // of the last attempt; empty: it went well
};

class AlertSender {
 public:
  struct Sink {
    std::unique_ptr<AlertSink> sink;
    AlertPolicy policy;
  };

  // `sinks` in the order of their names in Outbox::open. Outbox and suffixes outlive it.
  AlertSender(Outbox& outbox, const SuffixTable& suffixes, std::vector<Sink> sinks,
              const AlertPauses& pauses = {});
  AlertSender(const AlertSender&) = delete;
  AlertSender& operator=(const AlertSender&) = delete;
  ~AlertSender();

  // Ends the attempts under way, which takes attempt_timeout at most, and begins no more. What waits stays in
  // the outbox.
  void stop();

  // Of each sink.
  std::vector<AlertStatus> status(SystemTime now) const;

 private:
  class Lane;

  Outbox& outbox_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace querymark
