// SPDX-License-Identifier: Apache-2.0
#include "cli/mark_alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "base/backoff.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;

constexpr int kAttemptsMax = 4;
constexpr milliseconds kAttemptTimeout(30'000);
constexpr milliseconds kPauseBase(200);
constexpr milliseconds kPauseMax(5'000);
// A sink that took nothing of so many batches is given up.
constexpr int kUnansweredMax = 3;

bool may_work_later(const SendFailure& failure) {
  return failure.error.code == Errc::kBusy;
}

}  // namespace

MarkAlerts::MarkAlerts(std::unique_ptr<AlertSink> sink, const SuffixTable& suffixes)
    : sink_(std::move(sink)), suffixes_(suffixes) {
  std::random_device random;
  run_ = fmt::format("{:08x}{:08x}", random(), random());
}

void MarkAlerts::tell(std::string_view record, const MatchedRecord& match) {
  batch_.push_back(match_notification({std::string(record), match.entry, match.lists}, suffixes_));
  batch_.back().id = run_ + "-" + std::to_string(++told_);
  if (batch_.size() == sink_->batch_max()) send();
}

void MarkAlerts::finish() {
  if (!batch_.empty()) send();
}

// Leaves in the batch what the sink did not take now.
AlertOutcome MarkAlerts::attempt() {
  AlertOutcome outcome = sink_->send(batch_, Deadline::after(kAttemptTimeout));
  if (!outcome.failures.empty() && !first_error_) first_error_ = outcome.failures.front().error;
  sent_ += batch_.size() - outcome.failures.size();
  std::vector<Notification> again;
  for (const SendFailure& failure : outcome.failures) {
    if (may_work_later(failure)) {
      again.push_back(std::move(batch_[failure.index]));
    } else {
      ++failed_;
    }
  }
  batch_ = std::move(again);
  return outcome;
}

void MarkAlerts::send() {
  const size_t count = batch_.size();
  Backoff backoff(kPauseBase, kPauseMax);
  for (int tries = unanswered_ < kUnansweredMax ? kAttemptsMax : 0; tries > 0 && !batch_.empty(); --tries) {
    const AlertOutcome outcome = attempt();
    if (batch_.empty() || tries == 1) break;
    const auto pause = std::max(std::chrono::ceil<milliseconds>(backoff.next()), outcome.retry_after);
    std::this_thread::sleep_for(std::min(pause, kPauseMax));
  }
  unanswered_ = batch_.size() == count ? unanswered_ + 1 : 0;
  failed_ += batch_.size();
  batch_.clear();
}

Result<std::unique_ptr<MarkAlerts>> open_mark_alerts(const std::string& uri, const SuffixTable& suffixes,
                                                     AwsAccess& aws) {
  if (uri.empty()) return std::unique_ptr<MarkAlerts>();
  Result<std::unique_ptr<AlertSink>> sink = open_alert_sink(uri, AlertAccess::of_process(aws));
  if (!sink) return sink.error();
  return std::make_unique<MarkAlerts>(*std::move(sink), suffixes);
}

}  // namespace querymark
