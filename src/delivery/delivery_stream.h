// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "delivery/journal.h"
#include "delivery/object_name.h"
#include "delivery/object_store.h"

// Lines in, objects out, nothing lost between. A line's journey: append() writes it into the open part file,
// sync() makes it durable (it may be acknowledged now), the object is closed at a size or an age, and a
// thread of the stream compresses the part file into the store, tries again for as long as that takes, and
// removes the file when the object is there.
//
//   spool/dns-1-2026-11-24-18-05-09-<uuid>.part  ->  logs/2026/11/24/18/dns-1-2026-11-24-18-05-09-<uuid>.gz
//
// After a crash open() finds the part files, cuts them at the last whole line and delivers them under the
// names they have: an object that was in the store already is replaced by itself.
//
// Cost: a write() per append, one fdatasync() per sync, one core-second per GB compressed. Memory: 4 MB.
// Threads: append(), sync() and rotate_if_due() one at a time; status() and finish() any.
namespace querymark {

struct DeliveryOptions {
  std::string stream;
  std::string spool_folder;
  ObjectPrefix prefix;
  std::string error_output_type = {};         // of error objects: "processing-failed"
  uint64_t object_size = uint64_t{64} << 20;  // before compression
  std::chrono::milliseconds object_interval = std::chrono::seconds(60);
  uint64_t spool_size_max = uint64_t{4} << 30;  // of all part files
};

// Told on the stream's own thread.
class DeliveryObserver {
 public:
  virtual ~DeliveryObserver() = default;
  virtual void delivered(const std::string& key, uint64_t size) = 0;
  virtual void failed(const std::string& key, const Error& error) = 0;  // it is tried again
};

// lines + lines_recovered = lines_delivered + lines_waiting, always.
struct DeliveryStatus {
  uint64_t lines = 0;            // synced since open()
  uint64_t lines_recovered = 0;  // found in part files by open()
  uint64_t lines_delivered = 0;
  uint64_t lines_waiting = 0;
  uint64_t objects = 0;                    // delivered since open()
  uint64_t bytes = 0;                      // of them, before compression
  uint64_t failures = 0;                   // attempts that failed
  uint64_t spool_bytes = 0;                // in part files, the open one among them
  uint64_t parts_waiting = 0;              // closed, not delivered yet
  std::chrono::seconds oldest_waiting{0};  // since it was closed
  bool is_failing = false;                 // the last attempt failed
};

class DeliveryStream {
 public:
  // Recovers the spool folder (made where it is missing) and starts to deliver what is in it. The store and
  // the observer must outlive the stream.
  static Result<std::unique_ptr<DeliveryStream>> open(DeliveryOptions options, ObjectStore& store,
                                                      DeliveryObserver& observer);
  // What is not delivered stays in the spool. Waits for an attempt that is under way.
  ~DeliveryStream();
  DeliveryStream(const DeliveryStream&) = delete;
  DeliveryStream& operator=(const DeliveryStream&) = delete;

  // Whole lines, so many of them. kLimit where the spool would grow beyond its bound. After an error of
  // either nothing since the last sync() is in the stream, and it may be tried again.
  Result<void> append(std::string_view lines, uint64_t line_count);
  Result<void> sync();
  // As after an error: forgets what was appended since the last sync().
  void discard_unsynced();
  // Closes the open object where it is large or old enough. REQUIRES: nothing appended since the last sync().
  void rotate_if_due();
  // When rotate_if_due() will have something to do though nothing is appended.
  std::optional<std::chrono::steady_clock::time_point> due_at() const;

  DeliveryStatus status() const;

  // Closes the open object and waits until all is delivered. False where the deadline passed before.
  // REQUIRES: no append() from here on.
  bool finish(Deadline deadline);

 private:
  struct Part {
    ObjectName name;
    std::string path;
    uint64_t size;
    uint64_t lines;
    std::chrono::steady_clock::time_point closed_at;
  };

  DeliveryStream(DeliveryOptions options, ObjectStore& store, DeliveryObserver& observer);
  Result<void> recover();
  Result<void> open_part();
  Result<void> reserve_spool(uint64_t size);
  void release_spool(uint64_t size);
  void close_part();
  void deliver_all();
  Result<void> deliver(const Part& part, const std::string& key);
  std::string key_of(const Part& part) const;

  DeliveryOptions options_;
  ObjectStore& store_;
  DeliveryObserver& observer_;

  std::optional<Journal> journal_;  // of the open object
  ObjectName name_;
  uint64_t lines_synced_ = 0;  // of the open object
  uint64_t lines_unsynced_ = 0;
  std::chrono::steady_clock::time_point opened_at_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Part> parts_;  // closed, oldest first; the first may be under way
  DeliveryStatus status_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace querymark
