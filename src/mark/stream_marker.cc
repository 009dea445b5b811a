// SPDX-License-Identifier: Apache-2.0
#include "mark/stream_marker.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file.h"
#include "codec/gzip.h"

namespace querymark {
namespace {

// A piece and what is made of it fit a core's cache together; compressed, a piece becomes one gzip member,
// which is the better the larger it is.
constexpr size_t kPlainChunkSize = size_t{256} << 10;
constexpr size_t kGzipChunkSize = ChunkReader::kChunkSizeMax;
// Buffers that grew for a long record are given back.
constexpr size_t kKeptBufferSize = 2 * ChunkReader::kChunkSizeMax;

// One thread's tools.
struct Worker {
  Worker(const SuffixTable& suffixes, std::unique_ptr<DomainLookup> own_lookup, const MarkOptions& options)
      : lookup(std::move(own_lookup)), marker(suffixes, *lookup, options) {}

  std::unique_ptr<DomainLookup> lookup;
  Marker marker;
  Chunk chunk;
  MarkedRecords marked;
  GzipWriter gzip;
  ByteBuffer compressed;
};

// Where the next piece's first byte stands in its file.
struct InputPosition {
  uint64_t lines = 0;
  uint64_t bytes = 0;
};

class StreamMarker {
 public:
  StreamMarker(std::vector<std::string> paths, const WriteMarked& write, const StreamMarkerOptions& options,
               MarkObserver& observer)
      : paths_(paths),
        reader_(std::move(paths), options.gzip_output ? kGzipChunkSize : kPlainChunkSize, options.gzip_output,
                options.open_input),
        write_(write),
        options_(options),
        observer_(observer) {}

  Result<StreamTotals> run(const SuffixTable& suffixes, const MakeLookup& make_lookup) {
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options_.threads; ++i) {
      threads.emplace_back([&] { work(suffixes, make_lookup()); });
    }
    work(suffixes, make_lookup());
    for (std::thread& thread : threads) thread.join();
    if (error_) return *error_;
    totals_.bytes_in = reader_.bytes_read();
    return totals_;
  }

 private:
  void work(const SuffixTable& suffixes, std::unique_ptr<DomainLookup> lookup) {
    Worker worker(suffixes, std::move(lookup), options_.mark);
    while (const std::optional<uint64_t> turn = read(worker.chunk)) {
      const Marker::Step step = mark_piece(worker);
      std::unique_lock lock(output_mutex_);
      output_ready_.wait(lock, [&] { return stopped_ || next_output_ == *turn; });
      if (stopped_) return;
      const Result<void> put = put_out(worker, step);
      if (!put) stop(put.error());
      ++next_output_;
      output_ready_.notify_all();
    }
  }

  Marker::Step mark_piece(Worker& worker) const {
    Chunk& chunk = worker.chunk;
    const Marker::Step step = mark_anew(worker, chunk.text(), memory_of(chunk));
    if (chunk.is_intact()) return step;
    chunk.keep_intact();
    return mark_anew(worker, chunk.text(), memory_of(chunk));
  }

  static ChunkMemory memory_of(const Chunk& chunk) {
    return chunk.is_shown ? ChunkMemory::kShared : ChunkMemory::kOwn;
  }

  // The next piece and its turn; nothing when there is no more.
  std::optional<uint64_t> read(Chunk& chunk) {
    const std::lock_guard lock(input_mutex_);
    if (input_ended_) return std::nullopt;
    const Result<bool> more = reader_.next(chunk);
    bytes_read_ = reader_.bytes_read();
    input_ended_ = !more || !*more;
    if (!more) {
      // The pieces before it are still on their way, and are put out.
      const std::lock_guard output_lock(output_mutex_);
      if (!error_) error_ = more.error();
    }
    if (input_ended_) return std::nullopt;
    return next_input_++;
  }

  void stop(const Error& error) {
    error_ = error;
    stopped_ = true;
  }

  void compress(Worker& worker) const {
    worker.compressed.clear();
    if (!options_.gzip_output || worker.marked.text.empty()) return;
    const std::string_view text = worker.marked.text.view();
    char* room = worker.compressed.room(gzip_size_max(text.size()));
    worker.compressed.grow(worker.gzip.compress(text, room).size());
  }

  // The piece's turn has come. REQUIRES: output_mutex_ held.
  Result<void> put_out(Worker& worker, Marker::Step step) {
    Chunk& chunk = worker.chunk;
    if (skips_line_) {
      if (Result<void> skipped = skip_line(chunk); !skipped) return skipped;
      if (skips_line_ || chunk.text().empty()) return end_piece(worker);
    }
    const bool goes_on = !rest_.empty();
    if (goes_on) {
      rest_.append(chunk.text());
      if (rest_.size() < rest_size_wanted_ && !chunk.last) return end_piece(worker);
      step = mark_anew(worker, rest_.view(), ChunkMemory::kOwn);
    } else if (marked_in_vain_) {
      step = mark_anew(worker, chunk.text(), memory_of(chunk));
    }
    marked_in_vain_ = false;
    if (Result<void> written = write(worker); !written) return written;
    if (Result<void> told = tell(worker.marked, chunk); !told) return told;
    position_.lines += step.lines;
    position_.bytes += step.consumed;
    if (goes_on) {
      rest_.remove_prefix(step.consumed);
    } else {
      rest_.append(chunk.text().substr(step.consumed));
    }
    rest_size_wanted_ = std::min(2 * rest_.size(), kRecordSizeMax + 1);
    return end_piece(worker);
  }

  Marker::Step mark_anew(Worker& worker, std::string_view bytes, ChunkMemory memory) const {
    worker.marked.clear();
    const Marker::Step step = worker.marker.mark(bytes, worker.chunk.last, worker.marked, memory);
    compress(worker);
    return step;
  }

  // A record too long was rejected: its line goes on in this piece.
  Result<void> skip_line(Chunk& chunk) {
    const std::string_view bytes = chunk.text();
    const size_t line_feed = bytes.find('\n');
    const size_t size = std::min(line_feed, bytes.size());
    skips_line_ = line_feed == std::string_view::npos && !chunk.last;
    Result<void> told = observer_.rejected_more(bytes.substr(0, size), skips_line_);
    if (!told) return told;
    const size_t skipped = std::min(size + 1, bytes.size());
    position_.bytes += skipped;
    position_.lines += skipped - size;
    ByteBuffer after;
    after.append(bytes.substr(skipped));
    chunk.bytes = std::move(after);
    chunk.is_shown = false;
    marked_in_vain_ = true;
    return {};
  }

  Result<void> write(Worker& worker) {
    const ByteBuffer& bytes = options_.gzip_output ? worker.compressed : worker.marked.text;
    totals_.bytes_out += bytes.size();
    return bytes.empty() ? Result<void>() : write_(bytes.view());
  }

  Result<void> tell(MarkedRecords& marked, const Chunk& chunk) {
    for (const RejectedRecord& record : marked.rejects) {
      skips_line_ |= record.is_cut;
      const InputPlace place{paths_[chunk.input], position_.lines + record.line + 1,
                             position_.bytes + record.offset + 1};
      if (Result<void> told = observer_.rejected(place, record); !told) return told;
    }
    const std::string_view text = marked.text.view();
    for (const MatchedRecord& match : marked.matches) {
      Result<void> told = observer_.matched(text.substr(match.begin, match.end - match.begin), match);
      if (!told) return told;
    }
    totals_.counts += marked.counts;
    return {};
  }

  Result<void> end_piece(Worker& worker) {
    if (worker.chunk.last) {
      if (worker.chunk.damage) observer_.damaged(paths_[worker.chunk.input], *worker.chunk.damage);
      position_ = InputPosition();
      rest_.clear();
      skips_line_ = false;
      marked_in_vain_ = false;
    }
    for (ByteBuffer* buffer : {&worker.chunk.bytes, &worker.marked.text, &worker.compressed, &rest_})
      buffer->shrink_to(kKeptBufferSize);
    observer_.progress(bytes_read_, totals_.counts);
    return {};
  }

  const std::vector<std::string> paths_;

  std::mutex input_mutex_;  // of the next three
  ChunkReader reader_;
  bool input_ended_ = false;
  uint64_t next_input_ = 0;
  std::atomic<uint64_t> bytes_read_ = 0;

  std::mutex output_mutex_;  // of all that follows
  std::condition_variable output_ready_;
  uint64_t next_output_ = 0;
  bool stopped_ = false;
  std::optional<Error> error_;
  const WriteMarked& write_;
  const StreamMarkerOptions& options_;
  MarkObserver& observer_;
  StreamTotals totals_;
  InputPosition position_;
  ByteBuffer rest_;              // the beginning of a record, of the pieces before
  size_t rest_size_wanted_ = 0;  // marking it again is worth while from this size on
  bool skips_line_ = false;      // up to the next line feed all belongs to the record rejected last
  bool marked_in_vain_ = false;  // the piece at hand was changed since a thread marked it
};

}  // namespace

Result<StreamTotals> mark_streams(std::vector<std::string> paths, const WriteMarked& write,
                                  const SuffixTable& suffixes, const MakeLookup& make_lookup,
                                  const StreamMarkerOptions& options, MarkObserver& observer) {
  return StreamMarker(std::move(paths), write, options, observer).run(suffixes, make_lookup);
}

Result<StreamTotals> mark_streams(std::vector<std::string> paths, int out_fd, const std::string& out_path,
                                  const SuffixTable& suffixes, const MakeLookup& make_lookup,
                                  const StreamMarkerOptions& options, MarkObserver& observer) {
  const WriteMarked write = [&](std::string_view bytes) { return write_all(out_fd, bytes, out_path); };
  Result<StreamTotals> totals =
      mark_streams(std::move(paths), write, suffixes, make_lookup, options, observer);
  if (!totals || !options.gzip_output || totals->bytes_out > 0) return totals;
  // A gzip file without a member would be none.
  ByteBuffer member;
  member.grow(GzipWriter().compress({}, member.room(gzip_size_max(0))).size());
  totals->bytes_out = member.size();
  const Result<void> written = write(member.view());
  return written ? std::move(totals) : Result<StreamTotals>(written.error());
}

}  // namespace querymark
