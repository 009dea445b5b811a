// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery_stream.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/backoff.h"
#include "base/byte_buffer.h"
#include "base/file.h"
#include "codec/gzip.h"

namespace querymark {
namespace {

constexpr std::string_view kPartSuffix = ".part";
constexpr size_t kMemberSize = size_t{1} << 20;
constexpr std::chrono::milliseconds kPauseBase(250);
constexpr std::chrono::milliseconds kPauseMax = std::chrono::seconds(60);
// An attempt takes as long as a slow line needs.
constexpr std::chrono::milliseconds kAttemptTime = std::chrono::minutes(1);
constexpr uint64_t kBytesPerSecondMin = uint64_t{256} << 10;

using SteadyClock = std::chrono::steady_clock;

// The part's bytes in pieces that end with a line, and so as gzip members that readers may take apart.
class LineBlocks {
 public:
  LineBlocks(int fd, uint64_t size, const std::string& path) : fd_(fd), left_(size), path_(path) {}

  // The next piece, empty at the end.
  Result<std::string_view> next() {
    block_.remove_prefix(given_);
    given_ = 0;
    while (block_.size() < kMemberSize && left_ > 0) {
      const auto wanted = static_cast<size_t>(std::min<uint64_t>(kMemberSize, left_));
      const Result<size_t> size = read_some(fd_, block_.room(wanted), wanted, path_);
      if (!size) return size.error();
      if (*size == 0) return Error::corrupt(path_ + ": shorter than it was");
      block_.grow(*size);
      left_ -= *size;
    }
    const size_t feed = block_.view().rfind('\n');
    given_ = left_ == 0 || feed == std::string_view::npos ? block_.size() : feed + 1;
    return block_.view().substr(0, given_);
  }

 private:
  int fd_;
  uint64_t left_;
  const std::string& path_;
  ByteBuffer block_;
  size_t given_ = 0;
};

Error from_code(const std::error_code& code, const std::string& what) {
  return Error::from_errno(code.value(), what);
}

}  // namespace

DeliveryStream::DeliveryStream(DeliveryOptions options, ObjectStore& store, DeliveryObserver& observer)
    : options_(std::move(options)), store_(store), observer_(observer) {}

Result<std::unique_ptr<DeliveryStream>> DeliveryStream::open(DeliveryOptions options, ObjectStore& store,
                                                             DeliveryObserver& observer) {
  std::unique_ptr<DeliveryStream> stream(new DeliveryStream(std::move(options), store, observer));
  if (const Result<void> recovered = stream->recover(); !recovered) return recovered.error();
  stream->thread_ = std::thread([&stream = *stream] { stream.deliver_all(); });
  return stream;
}

DeliveryStream::~DeliveryStream() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> DeliveryStream::recover() {
  if (Result<void> made = make_folders(options_.spool_folder); !made) return made;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(options_.spool_folder, code)) {
    const std::string path = entry.path().string();
    std::string base = entry.path().filename().string();
    if (!base.ends_with(kPartSuffix)) continue;
    base.resize(base.size() - kPartSuffix.size());
    const std::optional<ObjectName> name = ObjectName::parse(base);
    if (!name) continue;
    const Result<Journal::Extent> left = Journal::recover(path);
    if (!left) return left.error();
    if (left->size == 0) {
      ::unlink(path.c_str());
      continue;
    }
    parts_.push_back({*name, path, left->size, left->lines, SteadyClock::now()});
    status_.spool_bytes += left->size;
    status_.lines_recovered += left->lines;
    status_.lines_waiting += left->lines;
  }
  if (code) return from_code(code, "read folder " + options_.spool_folder);
  std::sort(parts_.begin(), parts_.end(),
            [](const Part& a, const Part& b) { return a.name.time < b.name.time; });
  return {};
}

Result<void> DeliveryStream::open_part() {
  name_ = new_object_name(options_.stream, std::chrono::system_clock::now());
  Result<Journal> journal =
      Journal::create(options_.spool_folder + "/" + name_.text() + std::string(kPartSuffix));
  if (!journal) return journal.error();
  journal_ = *std::move(journal);
  lines_synced_ = 0;
  lines_unsynced_ = 0;
  opened_at_ = SteadyClock::now();
  return {};
}

Result<void> DeliveryStream::append(std::string_view lines, uint64_t line_count) {
  Result<void> done = reserve_spool(lines.size());
  if (done) {
    done = journal_ ? Result<void>() : open_part();
    if (done) done = journal_->append(lines);
    if (!done) release_spool(lines.size());
  }
  if (done) {
    lines_unsynced_ += line_count;
  } else {
    discard_unsynced();
  }
  return done;
}

Result<void> DeliveryStream::reserve_spool(uint64_t size) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (status_.spool_bytes + size > options_.spool_size_max) {
    return Error::limit("the spool " + options_.spool_folder + " holds " +
                        std::to_string(status_.spool_bytes) + " bytes that wait for " + store_.description() +
                        ", and may hold no more");
  }
  status_.spool_bytes += size;
  return {};
}

void DeliveryStream::release_spool(uint64_t size) {
  const std::lock_guard<std::mutex> lock(mutex_);
  status_.spool_bytes -= size;
}

Result<void> DeliveryStream::sync() {
  if (!journal_ || journal_->size() == journal_->synced_size()) return {};
  Result<void> synced = journal_->sync();
  if (!synced) {
    discard_unsynced();
    // The system may hold what it could not write for written: nothing is added to this file any more.
    if (journal_) close_part();
    return synced;
  }
  lines_synced_ += lines_unsynced_;
  const std::lock_guard<std::mutex> lock(mutex_);
  status_.lines += lines_unsynced_;
  status_.lines_waiting += lines_unsynced_;
  lines_unsynced_ = 0;
  return synced;
}

void DeliveryStream::discard_unsynced() {
  if (!journal_) return;
  lines_unsynced_ = 0;
  release_spool(journal_->size() - journal_->synced_size());
  // What cannot be cut off stays behind the part's end, which is not delivered.
  if (!journal_->cut_to_synced()) close_part();
}

void DeliveryStream::rotate_if_due() {
  if (!journal_) return;
  const bool large = journal_->size() >= options_.object_size;
  if (large || SteadyClock::now() - opened_at_ >= options_.object_interval) close_part();
}

std::optional<SteadyClock::time_point> DeliveryStream::due_at() const {
  if (!journal_) return std::nullopt;
  return opened_at_ + options_.object_interval;
}

void DeliveryStream::close_part() {
  const uint64_t size = journal_->synced_size();
  if (size == 0) {
    ::unlink(journal_->path().c_str());
  } else {
    const std::lock_guard<std::mutex> lock(mutex_);
    parts_.push_back({name_, journal_->path(), size, lines_synced_, SteadyClock::now()});
  }
  journal_.reset();
  changed_.notify_all();
}

DeliveryStatus DeliveryStream::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  DeliveryStatus status = status_;
  status.parts_waiting = parts_.size();
  if (!parts_.empty()) {
    status.oldest_waiting =
        std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - parts_.front().closed_at);
  }
  return status;
}

bool DeliveryStream::finish(Deadline deadline) {
  if (journal_) close_part();
  std::unique_lock<std::mutex> lock(mutex_);
  const auto is_done = [this] { return parts_.empty(); };
  if (!deadline.is_never()) return changed_.wait_for(lock, deadline.left(), is_done);
  changed_.wait(lock, is_done);
  return true;
}

std::string DeliveryStream::key_of(const Part& part) const {
  return options_.prefix.at(part.name, options_.error_output_type) + part.name.text() + ".gz";
}

void DeliveryStream::deliver_all() {
  Backoff backoff(kPauseBase, kPauseMax);
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !parts_.empty(); });
    if (stopping_) return;
    const Part part = parts_.front();
    const std::string key = key_of(part);
    lock.unlock();
    const Result<void> delivered = deliver(part, key);
    if (delivered) {
      observer_.delivered(key, part.size);
      backoff.reset();
    } else {
      observer_.failed(key, delivered.error());
    }
    lock.lock();
    status_.is_failing = !delivered;
    if (delivered) {
      ++status_.objects;
      status_.bytes += part.size;
      status_.lines_delivered += part.lines;
      status_.lines_waiting -= part.lines;
      status_.spool_bytes -= part.size;
      parts_.pop_front();
      changed_.notify_all();
    } else {
      ++status_.failures;
      changed_.wait_for(lock, backoff.next(), [this] { return stopping_; });
    }
  }
}

Result<void> DeliveryStream::deliver(const Part& part, const std::string& key) {
  const Deadline deadline =
      Deadline::after(kAttemptTime + std::chrono::seconds(part.size / kBytesPerSecondMin));
  const Result<UniqueFd> fd = open_for_reading(part.path);
  if (!fd) return fd.error();
  Result<std::unique_ptr<ObjectWriter>> object = store_.create(key, deadline);
  if (!object) return object.error();
  GzipWriter gzip;
  std::vector<char> member;
  LineBlocks blocks(fd->get(), part.size, part.path);
  for (;;) {
    const Result<std::string_view> block = blocks.next();
    if (!block) return block.error();
    if (block->empty()) break;
    member.resize(std::max(member.size(), gzip_size_max(block->size())));
    if (Result<void> appended = (*object)->append(gzip.compress(*block, member.data()), deadline); !appended)
      return appended;
  }
  if (Result<void> committed = (*object)->commit(deadline); !committed) return committed;
  // Gone before it counts as delivered: else it would be delivered again, to the same key, after a restart.
  if (::unlink(part.path.c_str()) != 0) return Error::from_errno(errno, "remove " + part.path);
  return {};
}

}  // namespace querymark
