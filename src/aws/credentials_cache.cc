// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials_cache.h"

#include <algorithm>
#include <chrono>

namespace querymark {
namespace {

using std::chrono::minutes;

constexpr minutes kRefreshBefore(15);
constexpr minutes kUnusableBefore(1);
constexpr minutes kRetryAfter(1);  // where refreshing failed and the old ones still serve

}  // namespace

bool CredentialsCache::is_usable(SystemTime now) const {
  return current_ && (!current_->expires_at || now < *current_->expires_at - kUnusableBefore);
}

bool CredentialsCache::is_due(SystemTime now) const {
  return current_->expires_at && now >= due_at_;
}

Result<Credentials> CredentialsCache::get(Deadline deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const SystemTime now = clock_();
    if (is_usable(now) && (is_fetching_ || !is_due(now))) return *current_;
    if (!is_fetching_) break;
    if (deadline.is_never()) {
      fetched_.wait(lock);
    } else if (fetched_.wait_for(lock, deadline.left()) == std::cv_status::timeout && deadline.passed()) {
      return Error{Errc::kBusy, "AWS credentials (" + source_.name + "): no answer in time"};
    }
  }

  is_fetching_ = true;
  lock.unlock();
  Result<Credentials> fetched = source_.fetch(deadline);
  lock.lock();
  is_fetching_ = false;
  fetched_.notify_all();
  const SystemTime now = clock_();
  if (fetched) {
    current_ = *fetched;
    if (current_->expires_at) {
      const SystemTime::duration life = *current_->expires_at - now;
      due_at_ = *current_->expires_at - std::min<SystemTime::duration>(kRefreshBefore, life / 4);
    }
    return fetched;
  }
  if (is_usable(now)) {
    due_at_ = now + kRetryAfter;
    return *current_;
  }
  return Error{fetched.error().code, "AWS credentials (" + source_.name + "): " + fetched.error().detail};
}

void CredentialsCache::forget(std::string_view access_key_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (current_ && current_->access_key_id == access_key_id) current_.reset();
}

}  // namespace querymark
