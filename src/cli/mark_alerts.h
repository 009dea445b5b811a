// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert_sink.h"
#include "aws/aws_access.h"
#include "base/result.h"
#include "mark/marker.h"
#include "psl/suffix_table.h"

namespace querymark {

// The alerts of a run of `querymark mark` or `backfill`: one a match, sent as they come, as many at once as the sink takes.
// What a receiver does not take now is tried again some times; one that does not answer at all is given up,
// and what was still to be sent counts as failed.
class MarkAlerts {
 public:
  // The suffixes outlive it.
  MarkAlerts(std::unique_ptr<AlertSink> sink, const SuffixTable& suffixes);

  void tell(std::string_view record, const MatchedRecord& match);
  // Sends what is left. REQUIRES: called at the end.
  void finish();

  uint64_t sent() const { return sent_; }
  uint64_t failed() const { return failed_; }
  // Of the first that failed.
  const std::optional<Error>& first_error() const { return first_error_; }

 private:
  void send();
  AlertOutcome attempt();

  std::unique_ptr<AlertSink> sink_;
  const SuffixTable& suffixes_;
  std::string run_;  // begins the ids
  uint64_t told_ = 0;
  std::vector<Notification> batch_;
  uint64_t sent_ = 0;
  uint64_t failed_ = 0;
  int unanswered_ = 0;  // batches, one after the other
  std::optional<Error> first_error_;
};

// Of the sink that the URI names; null where it is empty. `suffixes` and `aws` outlive them.
Result<std::unique_ptr<MarkAlerts>> open_mark_alerts(const std::string& uri, const SuffixTable& suffixes,
                                                     AwsAccess& aws);

}  // namespace querymark
