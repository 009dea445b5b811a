// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "service/http_exchange.h"
#include "service/recent_records.h"

// The newest marked records as they come, for any number of pages that watch: bodies of server-sent events.
//
//   std::shared_ptr<HttpBodySource> body = streams.open(last_event_id);
//
//   id: 3f0c…:5210                                       the cursor after these lines
//   data: {"lines":["{…}","{…}"],"skipped":false}        skipped: more came than are kept, or the cursor
//                                                        was another process's
//   event: beat                                          where nothing came for a while
//   data: {}
//
// One thread looks what is new for all of them, a few times a second, and only while somebody waits: taking
// records knows nothing of it. A reader that is slow is given what is kept when it comes back, and told what
// it missed. Memory: a piece of some RecentRecords::kSizeMax bytes for each stream. Threads: any number open.
namespace querymark {

struct RecordStreamTimes {
  std::chrono::milliseconds look = std::chrono::milliseconds(250);
  std::chrono::milliseconds beat = std::chrono::seconds(15);
  // Then the page opens another one, and is asked anew whether it may.
  std::chrono::milliseconds end = std::chrono::minutes(10);
};

class RecordStreams {
 public:
  static constexpr size_t kStreamsMax = 32;

  // `recent` must outlive it.
  explicit RecordStreams(const RecentRecords& recent, RecordStreamTimes times = {});
  ~RecordStreams();
  RecordStreams(const RecordStreams&) = delete;
  RecordStreams& operator=(const RecordStreams&) = delete;

  // Of what came since the cursor; of what is kept where it is empty. Nothing where so many are open already,
  // or after stop().
  std::shared_ptr<HttpBodySource> open(std::string cursor);
  // Ends all of them.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Stream;
  class Source;
  struct Piece;

  void wait_for_next(const std::shared_ptr<Stream>& stream, HttpBodySource::Resume resume);
  void close(const std::shared_ptr<Stream>& stream);
  bool is_anybody_waiting() const;
  std::vector<Piece> take_pieces();
  void run();

  const RecentRecords& recent_;
  const RecordStreamTimes times_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Stream>> streams_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace querymark
