// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alert/match.h"
#include "alert/notification.h"
#include "aws/aws_time.h"
#include "base/deadline.h"
#include "base/result.h"
#include "domains/sqlite_database.h"

// Matches between the acknowledgement of their records and their delivery to the alert sinks, in an SQLite
// file: what put() has taken survives a crash and a power cut, and stays until every sink has it.
//
//   Result<std::unique_ptr<Outbox>> outbox = Outbox::open(home + "/outbox.db", {"sns:arn:…"},
//   kOutboxSizeMax);
//   (*outbox)->put(matches, now);                       durable when it returns
//   auto waiting = (*outbox)->read((*outbox)->delivered(0), 100);
//   (*outbox)->mark_delivered(0, waiting->back().id);   and nobody else waits for it: deleted
//
// Matches are numbered as they come, 1, 2, …, and each sink has delivered all up to a number of its own. A
// mark of delivery is durable against a crash of the program, not against a power cut: then what was marked
// within the last moments is delivered twice.
//
// Cost: put() one fsync a call, whatever the number of matches; the caller groups them. Threads: any.
// Processes: one, besides those that look at what is undelivered (alert/undelivered_alerts.h).
namespace querymark {

// What may wait, in bytes of records: some million and a half of them.
inline constexpr uint64_t kOutboxSizeMax = uint64_t{1} << 30;

class Outbox {
 public:
  // Of what the sinks refused, the newest are kept.
  static constexpr int64_t kRefusedMax = 10'000;
  // read() gives no more than this at once, but one match.
  static constexpr size_t kReadSizeMax = size_t{4} << 20;

  // `sinks`: their names; a sink is called by its index here. A sink that is new takes what waited for those
  // that are gone, else what comes from now on.
  static Result<std::unique_ptr<Outbox>> open(const std::string& path, const std::vector<std::string>& sinks,
                                              uint64_t size_max);

  // All or none. kLimit where they would be more than may wait: try again later.
  Result<void> put(std::span<const Match> matches, SystemTime now);

  struct Waiting {
    int64_t id;
    SystemTime added;
    Match match;
  };
  // Matches behind `after`, in order.
  Result<std::vector<Waiting>> read(int64_t after, size_t count_max);

  // What `sink` has delivered: all up to this number.
  int64_t delivered(size_t sink) const;
  // REQUIRES: id >= delivered(sink).
  Result<void> mark_delivered(size_t sink, int64_t id);
  // Keeps what a sink will never take, for people to look at and to send again: alert/undelivered_alerts.h.
  Result<void> keep_refused(size_t sink, const Notification& notification, const std::string& reason,
                            SystemTime now);

  // The number of the last match put.
  int64_t last() const;
  // When the oldest match that `sink` has not delivered was put; `otherwise` where there is none.
  Result<SystemTime> oldest(size_t sink, SystemTime otherwise);
  // Bytes of records that lie here.
  uint64_t size() const;
  // Differs from one outbox file to the next, so that with it a match's number is unique.
  const std::string& instance() const { return instance_; }

  // Waits until `ready`, which is asked at once and after each put() and wake(), or until the deadline.
  void wait(Deadline deadline, const std::function<bool()>& ready);
  void wake();

 private:
  Outbox(SqliteDatabase put_connection, SqliteDatabase delivery_connection, uint64_t size_max)
      : size_max_(size_max),
        put_connection_(std::move(put_connection)),
        delivery_connection_(std::move(delivery_connection)) {}

  Result<void> load(const std::vector<std::string>& sinks);
  Result<void> load_sinks(const std::vector<std::string>& sinks);
  Result<void> insert(std::span<const Match> matches, SystemTime now);
  Result<void> remove_delivered(int64_t up_to, uint64_t& removed_size);

  const uint64_t size_max_;
  std::string instance_;
  std::vector<std::string> sinks_;

  // Two connections, so that a sink that reads or marks never waits for a put's fsync longer than SQLite's
  // own lock makes it. `writing_` is held around every transaction that writes: nobody finds that lock taken.
  std::mutex writing_;
  SqliteDatabase put_connection_;       // guarded by writing_
  std::mutex delivering_;               // before writing_
  SqliteDatabase delivery_connection_;  // guarded by delivering_

  std::mutex waiting_;  // before state_mutex_
  std::condition_variable changed_;
  mutable std::mutex state_mutex_;  // the innermost
  uint64_t size_ = 0;
  int64_t last_ = 0;
  std::vector<int64_t> delivered_;  // a sink
};

}  // namespace querymark
