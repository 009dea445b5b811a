// SPDX-License-Identifier: Apache-2.0
#include "alert/alert_sender.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "base/backoff.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;

// The clock is looked at again after this, should somebody have put it right.
constexpr milliseconds kWaitMax = std::chrono::minutes(1);

SystemTime now() {
  return std::chrono::system_clock::now();
}

}  // namespace

// One sink and its thread.
class AlertSender::Lane {
 public:
  Lane(Outbox& outbox, size_t index, const SuffixTable& suffixes, Sink sink, const AlertPauses& pauses)
      : outbox_(outbox),
        index_(index),
        sink_(std::move(sink.sink)),
        composer_(outbox, index, sink.policy, suffixes),
        pauses_(pauses),
        backoff_(pauses.pause_base, pauses.pause_max) {
    status_.sink = sink_->name();
    thread_ = std::thread([this] { run(); });
  }

  void begin_stop() { stopping_ = true; }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

  AlertStatus status(SystemTime time) const {
    const int64_t delivered = outbox_.delivered(index_);
    AlertStatus status = copy_status();
    status.waiting = static_cast<uint64_t>(outbox_.last() - delivered);
    const Result<SystemTime> oldest = outbox_.oldest(index_, time);
    if (oldest) status.oldest_age = std::chrono::duration_cast<milliseconds>(time - *oldest);
    status.oldest_age = std::max(status.oldest_age, milliseconds(0));
    return status;
  }

 private:
  void run() {
    while (!stopping_) {
      const int64_t last = outbox_.last();
      Result<AlertComposer::Due> due = composer_.next(now());
      if (!due) {
        count_failure(due.error());
        pause(milliseconds(0));
      } else if (due->left().empty()) {
        wait_for_more(due->again(), last);
      } else {
        deliver(*std::move(due));
      }
    }
  }

  void wait_for_more(std::optional<SystemTime> again, int64_t last) {
    if (!again) return outbox_.wait(Deadline::never(), [&] { return stopping_ || outbox_.last() > last; });
    const auto until = std::chrono::ceil<milliseconds>(*again - now());
    outbox_.wait(Deadline::after(std::min(until, kWaitMax)), [this] {
      return stopping_ || outbox_.last() - outbox_.delivered(index_) >= AlertComposer::kMatchesMax;
    });
  }

  // All of it, however long that takes.
  void deliver(AlertComposer::Due due) {
    while (!due.left().empty() && !stopping_) {
      const std::span<const Notification> batch =
          due.left().first(std::min(due.left().size(), sink_->batch_max()));
      const AlertOutcome outcome = sink_->send(batch, Deadline::after(pauses_.attempt_timeout));
      count(batch, outcome);
      std::vector<bool> failed(batch.size());
      for (const SendFailure& failure : outcome.failures) {
        failed[failure.index] = !is_refusal(failure.error);
        if (is_refusal(failure.error)) keep_refused(batch[failure.index], failure.error);
      }
      due.settle(failed);
      mark_delivered(due.told());
      if (std::find(failed.begin(), failed.end(), true) == failed.end()) {
        backoff_.reset();
      } else {
        pause(outcome.retry_after);
      }
    }
  }

  void mark_delivered(int64_t id) {
    if (id == outbox_.delivered(index_)) return;
    for (;;) {
      Result<void> marked = sink_->sync();
      if (marked) marked = outbox_.mark_delivered(index_, id);
      if (marked || stopping_) return;
      count_failure(marked.error());
      pause(milliseconds(0));
    }
  }

  void keep_refused(const Notification& notification, const Error& error) {
    const Result<void> kept = outbox_.keep_refused(index_, notification, error.detail, now());
    if (!kept) count_failure(kept.error());
  }

  void pause(milliseconds at_least) {
    const auto pause = std::max(at_least, std::chrono::ceil<milliseconds>(backoff_.next()));
    outbox_.wait(Deadline::after(pause), [this] { return stopping_.load(); });
  }

  AlertStatus copy_status() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }

  void count_failure(const Error& error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++status_.failed_attempts;
    status_.last_error = error.detail;
  }

  void count(std::span<const Notification> batch, const AlertOutcome& outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Notification& notification : batch) status_.delivered += notification.matches;
    status_.notifications += batch.size() - outcome.failures.size();
    status_.last_error = outcome.failures.empty() ? "" : outcome.failures.front().error.detail;
    bool is_failed = false;
    for (const SendFailure& failure : outcome.failures) {
      status_.delivered -= batch[failure.index].matches;
      status_.refused += is_refusal(failure.error) ? 1 : 0;
      is_failed = is_failed || !is_refusal(failure.error);
    }
    status_.failed_attempts += is_failed ? 1 : 0;
  }

  Outbox& outbox_;
  const size_t index_;
  const std::unique_ptr<AlertSink> sink_;
  AlertComposer composer_;
  const AlertPauses pauses_;
  Backoff backoff_;
  std::atomic<bool> stopping_ = false;

  mutable std::mutex mutex_;
  AlertStatus status_;  // guarded by mutex_
  std::thread thread_;
};

AlertSender::AlertSender(Outbox& outbox, const SuffixTable& suffixes, std::vector<Sink> sinks,
                         const AlertPauses& pauses)
    : outbox_(outbox) {
  for (Sink& sink : sinks)
    lanes_.push_back(std::make_unique<Lane>(outbox, lanes_.size(), suffixes, std::move(sink), pauses));
}

AlertSender::~AlertSender() {
  stop();
}

void AlertSender::stop() {
  for (const std::unique_ptr<Lane>& lane : lanes_) lane->begin_stop();
  outbox_.wake();
  for (const std::unique_ptr<Lane>& lane : lanes_) lane->join();
}

std::vector<AlertStatus> AlertSender::status(SystemTime now) const {
  std::vector<AlertStatus> statuses;
  for (const std::unique_ptr<Lane>& lane : lanes_) statuses.push_back(lane->status(now));
  return statuses;
}

}  // namespace querymark
