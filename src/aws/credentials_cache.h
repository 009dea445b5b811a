// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "aws/credentials_source.h"

// Credentials that are always good: those of a source, kept, and replaced before they expire.
//
// From 15 minutes before expiry on (or when a quarter of their life is left, where that is less), one caller
// gets new ones while the others go on with the old; where that fails, the old ones serve until a minute
// before their end. Without any, callers wait for the one that asks. All threads may share one object.
namespace querymark {

class CredentialsCache {
 public:
  using Clock = std::function<SystemTime()>;

  // `clock`: another than the system's, for tests.
  explicit CredentialsCache(CredentialsSource source, Clock clock = std::chrono::system_clock::now)
      : source_(std::move(source)), clock_(std::move(clock)) {}

  Result<Credentials> get(Deadline deadline);
  // A service said that these have expired, whatever their date: the next get() asks the source, unless
  // somebody has already.
  void forget(std::string_view access_key_id);

 private:
  bool is_usable(SystemTime now) const;
  bool is_due(SystemTime now) const;

  CredentialsSource source_;
  Clock clock_;
  std::mutex mutex_;
  std::condition_variable fetched_;
  std::optional<Credentials> current_;
  SystemTime due_at_;  // when to ask again
  bool is_fetching_ = false;
};

}  // namespace querymark
