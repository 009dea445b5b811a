// SPDX-License-Identifier: Apache-2.0
#include "service/record_streams.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace querymark {
namespace {

// After how many milliseconds a browser comes again where the connection breaks.
constexpr const char* kRetry = "retry: 1000\n\n";
constexpr const char* kBeat = "event: beat\ndata: {}\n\n";

std::string event_of(const RecordTail& tail) {
  const nlohmann::ordered_json data = {{"lines", tail.lines}, {"skipped", tail.is_skipped}};
  return "id: " + tail.cursor +
         "\ndata: " + data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n\n";
}

}  // namespace

struct RecordStreams::Stream {
  std::string cursor;
  Clock::time_point opened_at = Clock::now();
  Clock::time_point given_at = Clock::now();
  bool is_new = true;
  HttpBodySource::Resume resume = {};  // of the reader that waits; none while it is busy with the last piece
};

// What a reader that waited is given.
struct RecordStreams::Piece {
  HttpBodySource::Resume resume;
  std::optional<std::string> text;
};

class RecordStreams::Source final : public HttpBodySource {
 public:
  Source(RecordStreams& streams, std::shared_ptr<Stream> stream)
      : streams_(streams), stream_(std::move(stream)) {}
  ~Source() override { streams_.close(stream_); }

  void next(Resume resume) override { streams_.wait_for_next(stream_, std::move(resume)); }

 private:
  RecordStreams& streams_;
  std::shared_ptr<Stream> stream_;
};

RecordStreams::RecordStreams(const RecentRecords& recent, RecordStreamTimes times)
    : recent_(recent), times_(times), thread_([this] { run(); }) {}

RecordStreams::~RecordStreams() {
  stop();
}

std::shared_ptr<HttpBodySource> RecordStreams::open(std::string cursor) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_ || streams_.size() >= kStreamsMax) return nullptr;
  streams_.push_back(std::make_shared<Stream>(Stream{.cursor = std::move(cursor)}));
  return std::make_shared<Source>(*this, streams_.back());
}

void RecordStreams::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void RecordStreams::wait_for_next(const std::shared_ptr<Stream>& stream, HttpBodySource::Resume resume) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!stopping_) {
      stream->resume = std::move(resume);
      changed_.notify_all();
      return;
    }
  }
  resume({});
}

void RecordStreams::close(const std::shared_ptr<Stream>& stream) {
  HttpBodySource::Resume dropped;  // outside the lock: it may hold on to a connection
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase(streams_, stream);
  dropped.swap(stream->resume);
}

bool RecordStreams::is_anybody_waiting() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const std::shared_ptr<Stream>& stream) { return stream->resume != nullptr; });
}

// Of those who wait and for whom there is something.
std::vector<RecordStreams::Piece> RecordStreams::take_pieces() {
  std::vector<Piece> pieces;
  const Clock::time_point now = Clock::now();
  for (const std::shared_ptr<Stream>& stream : streams_) {
    if (stream->resume == nullptr) continue;
    const auto give = [&](std::optional<std::string> text) {
      stream->given_at = now;
      pieces.push_back({std::exchange(stream->resume, nullptr), std::move(text)});
    };
    if (stopping_ || now - stream->opened_at >= times_.end) {
      give({});
      continue;
    }
    if (std::exchange(stream->is_new, false)) {
      give(kRetry);
      continue;
    }
    const RecordTail tail = recent_.since(stream->cursor);
    stream->cursor = tail.cursor;
    if (!tail.lines.empty() || tail.is_skipped) {
      give(event_of(tail));
    } else if (now - stream->given_at >= times_.beat) {
      give(kBeat);
    }
  }
  return pieces;
}

void RecordStreams::run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || is_anybody_waiting(); });
    std::vector<Piece> pieces = take_pieces();
    const bool is_last = stopping_;
    lock.unlock();
    for (Piece& piece : pieces) piece.resume(std::move(piece.text));
    pieces.clear();  // with the connections that they may have kept
    lock.lock();
    if (is_last) return;
    changed_.wait_for(lock, times_.look, [this] { return stopping_; });
  }
}

}  // namespace querymark
