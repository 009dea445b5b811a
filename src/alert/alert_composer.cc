// SPDX-License-Identifier: Apache-2.0
#include "alert/alert_composer.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace querymark {
namespace {

Error missing(int64_t after) {
  return Error::corrupt("the outbox lacks the match behind number " + std::to_string(after));
}

}  // namespace

void AlertComposer::Due::add(Notification notification, int64_t told_before_it) {
  notifications_.push_back(std::move(notification));
  after_.push_back(told_before_it);
}

void AlertComposer::Due::settle(const std::vector<bool>& failed) {
  size_t first = first_ + failed.size();
  for (size_t i = failed.size(); i-- > 0;) {
    if (!failed[i]) continue;
    --first;
    if (first == first_ + i) continue;
    notifications_[first] = std::move(notifications_[first_ + i]);
    after_[first] = after_[first_ + i];
  }
  first_ = first;
}

AlertComposer::Due AlertComposer::nothing_before(SystemTime time) {
  Due due;
  due.again_ = time;
  return due;
}

// A clock that was put back begins an interval too.
void AlertComposer::begin_interval(SystemTime now) {
  if (now >= interval_begin_ && now < interval_end()) return;
  interval_begin_ = now;
  sent_ = 0;
}

size_t AlertComposer::room() const {
  if (policy_.limit == 0) return std::numeric_limits<size_t>::max();
  return policy_.limit - std::min(sent_, policy_.limit);
}

Result<AlertComposer::Due> AlertComposer::next(SystemTime now) {
  begin_interval(now);
  const int64_t waiting = outbox_.last() - outbox_.delivered(sink_);
  if (waiting == 0) {
    was_limited_ = false;
    return Due{};
  }
  Result<Due> due =
      policy_.mode == AlertPolicy::Mode::kEach ? next_each(waiting) : next_digests(now, waiting);
  if (due) sent_ += due->left().size();
  return due;
}

Result<AlertComposer::Due> AlertComposer::next_each(int64_t waiting) {
  if (policy_.limit > 0 && waiting >= kMatchesMax) return tell_together(1);
  if (room() == 0) {
    was_limited_ = true;
    return nothing_before(interval_end());
  }
  const bool is_too_much = was_limited_ && static_cast<uint64_t>(waiting) > policy_.limit;
  was_limited_ = false;
  return is_too_much ? tell_together(1) : tell_each(std::min(room(), kEachMax));
}

Result<AlertComposer::Due> AlertComposer::next_digests(SystemTime now, int64_t waiting) {
  if (waiting < kMatchesMax) {
    const Result<SystemTime> oldest = outbox_.oldest(sink_, now);
    if (!oldest) return oldest.error();
    const bool is_open = now >= *oldest && now < *oldest + policy_.window;
    if (is_open) return nothing_before(*oldest + policy_.window);
    if (room() == 0) return nothing_before(interval_end());
  }
  return tell_together(std::max<size_t>(room(), 1));
}

Result<AlertComposer::Due> AlertComposer::tell_each(size_t matches_max) {
  Result<std::vector<Outbox::Waiting>> rows = outbox_.read(outbox_.delivered(sink_), matches_max);
  if (!rows) return rows.error();
  if (rows->empty()) return missing(outbox_.delivered(sink_));
  Due due;
  due.end_ = rows->back().id;
  for (Outbox::Waiting& row : *rows) {
    Notification notification = match_notification(std::move(row.match), suffixes_);
    notification.id = outbox_.instance() + "-" + std::to_string(row.id);
    due.add(std::move(notification), row.id - 1);
  }
  return due;
}

Result<AlertComposer::Due> AlertComposer::tell_together(size_t notifications_max) {
  const int64_t begin = outbox_.delivered(sink_);
  Due due;
  due.end_ = std::min(outbox_.last(), begin + kMatchesMax);
  Digests digests(policy_.samples_max);
  for (int64_t at = begin; at < due.end_;) {
    Result<std::vector<Outbox::Waiting>> rows = outbox_.read(at, static_cast<size_t>(due.end_ - at));
    if (!rows) return rows.error();
    if (rows->empty()) return missing(at);
    at = rows->back().id;
    for (Outbox::Waiting& row : *rows) digests.add(match_notification(std::move(row.match), suffixes_));
  }
  // The summary takes the place of a digest.
  const bool fits = digests.groups() <= notifications_max;
  const std::string id =
      outbox_.instance() + "-" + std::to_string(begin + 1) + "-" + std::to_string(due.end_);
  for (Notification& notification : digests.take(fits ? digests.groups() : notifications_max - 1)) {
    notification.id = id + "-" + std::to_string(due.left().size() + 1);
    due.add(std::move(notification), begin);
  }
  return due;
}

}  // namespace querymark
