// SPDX-License-Identifier: Apache-2.0
#include "service/committer.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace querymark {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Where no object is open there is nothing to wait for.
constexpr std::chrono::hours kNoObject(1);

}  // namespace

Committer::Committer(DeliveryStream& records, DeliveryStream& errors, Outbox* outbox)
    : records_(records), errors_(errors), outbox_(outbox), thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  submitted_.notify_all();
  thread_.join();
}

void Committer::submit(CommitRequest request) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(std::move(request));
  }
  submitted_.notify_one();
}

CommitterStatus Committer::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

void Committer::run() {
  std::vector<CommitRequest> group;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const auto nothing_due = SteadyClock::now() + kNoObject;
    const auto due =
        std::min(records_.due_at().value_or(nothing_due), errors_.due_at().value_or(nothing_due));
    submitted_.wait_until(lock, due, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_ && waiting_.empty()) return;
    group.swap(waiting_);
    const size_t size = group.size();
    lock.unlock();
    const auto begin = SteadyClock::now();
    const Result<void> committed = commit(group);
    const std::chrono::duration<double> seconds = SteadyClock::now() - begin;
    for (const CommitRequest& request : group) request.done(committed);
    group.clear();  // with what their callbacks hold on to
    records_.rotate_if_due();
    errors_.rotate_if_due();
    lock.lock();
    if (size == 0) continue;
    status_.sync_seconds += seconds.count();
    (committed ? status_.requests : status_.failures) += size;
    if (committed) ++status_.commits;
  }
}

Result<void> Committer::commit(std::vector<CommitRequest>& group) {
  Result<void> done = append(group);
  // Before the records are synced: of what could not be taken nothing is left then.
  if (done) done = put_matches(group);
  if (done) done = sync();
  if (done) return done;
  records_.discard_unsynced();
  errors_.discard_unsynced();
  return done;
}

Result<void> Committer::append(const std::vector<CommitRequest>& group) {
  for (const CommitRequest& request : group) {
    if (!request.records.empty()) {
      if (Result<void> done = records_.append(request.records, request.record_count); !done) return done;
    }
    if (!request.errors.empty()) {
      if (Result<void> done = errors_.append(request.errors, request.error_count); !done) return done;
    }
  }
  return {};
}

Result<void> Committer::put_matches(std::vector<CommitRequest>& group) {
  std::vector<Match> matches;
  for (CommitRequest& request : group) {
    matches.insert(matches.end(), std::make_move_iterator(request.matches.begin()),
                   std::make_move_iterator(request.matches.end()));
  }
  if (matches.empty() || outbox_ == nullptr) return {};
  return outbox_->put(matches, std::chrono::system_clock::now());
}

Result<void> Committer::sync() {
  if (Result<void> done = records_.sync(); !done) return done;
  return errors_.sync();
}

}  // namespace querymark
