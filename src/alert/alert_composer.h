// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "alert/digest.h"
#include "alert/notification.h"
#include "alert/outbox.h"
#include "aws/aws_time.h"
#include "base/result.h"
#include "psl/suffix_table.h"

// What waits for a sink, made into notifications: one a match or one a digest, and no more than a limit
// allows.
//
//   AlertComposer composer(outbox, 0, policy, SuffixTable::built_in());
//   Result<AlertComposer::Due> due = composer.next(now);   {3 notifications} or {}, look again at
//   due->again()
//
// each: matches as they come. Where they are more than the limit, the rest waits for the interval's end; then
// it is sent as it is if it fits the next interval, else as one summary ("and 1,234 more matches").
// digest: a window opens with the oldest match that waits, and all that has come until it closes is told by
// one digest a source and registrable domain; beyond the limit, the rest of them by one summary.
// In either, what waits is told at once when it is kMatchesMax. No match is left out, none is told twice.
//
// Threads: one.
namespace querymark {

struct AlertPolicy {
  enum class Mode : uint8_t { kEach, kDigest };
  Mode mode = Mode::kEach;
  std::chrono::seconds window{300};        // of digests
  size_t samples_max = kDigestSamplesMax;  // of a digest or a summary
  size_t limit = 0;                        // notifications an interval; 0: any number
  std::chrono::seconds limit_interval{60};
};

class AlertComposer {
 public:
  // That a digest or a summary is made of: what bounds the time that matches wait in the outbox, and memory.
  static constexpr int64_t kMatchesMax = 50'000;
  // That next() gives of matches as they are.
  static constexpr size_t kEachMax = 100;

  // Outbox and suffixes outlive it.
  AlertComposer(Outbox& outbox, size_t sink, const AlertPolicy& policy, const SuffixTable& suffixes)
      : outbox_(outbox), sink_(sink), policy_(policy), suffixes_(suffixes) {}

  class Due {
   public:
    // What is left to be sent, in order.
    std::span<const Notification> left() const { return std::span(notifications_).subspan(first_); }
    // Takes out the first `failed.size()` but those that failed.
    void settle(const std::vector<bool>& failed);
    // The matches up to this one are told by what was taken out.
    int64_t told() const { return first_ == after_.size() ? end_ : after_[first_]; }
    // Where there is nothing though matches wait: when there will be, if they do not become kMatchesMax
    // before.
    std::optional<SystemTime> again() const { return again_; }

   private:
    friend class AlertComposer;
    void add(Notification notification, int64_t told_before_it);

    std::vector<Notification> notifications_;
    std::vector<int64_t> after_;  // of each: with those before it, the matches up to this one are told
    size_t first_ = 0;            // of them that is left
    int64_t end_ = 0;             // with all of them, the matches up to this one are told
    std::optional<SystemTime> again_;
  };
  // What is to be sent now. REQUIRES: what the last call gave was delivered and marked so in the outbox.
  Result<Due> next(SystemTime now);

 private:
  void begin_interval(SystemTime now);
  size_t room() const;
  static Due nothing_before(SystemTime time);
  Result<Due> next_each(int64_t waiting);
  Result<Due> next_digests(SystemTime now, int64_t waiting);
  Result<Due> tell_each(size_t matches_max);
  Result<Due> tell_together(size_t notifications_max);
  SystemTime interval_end() const { return interval_begin_ + policy_.limit_interval; }

  Outbox& outbox_;
  const size_t sink_;
  const AlertPolicy policy_;
  const SuffixTable& suffixes_;
  SystemTime interval_begin_{};
  size_t sent_ = 0;           // within the interval
  bool was_limited_ = false;  // matches were left for the interval's end
};

}  // namespace querymark
