// SPDX-License-Identifier: Apache-2.0
#include "mark/chunk_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace querymark {
namespace {

// How far back a line that begins with `{` is looked for.
constexpr int kLinesTried = 64;

// Where to cut `bytes`: after a line feed, or 0 where there is none.
size_t find_cut(std::string_view bytes) {
  const size_t last = bytes.rfind('\n');
  if (last == std::string_view::npos) return 0;
  size_t at = last;
  for (int tries = 0; tries < kLinesTried; ++tries) {
    if (at + 1 == bytes.size() || bytes[at + 1] == '{') return at + 1;
    if (at == 0) break;
    at = bytes.rfind('\n', at - 1);
    if (at == std::string_view::npos) break;
  }
  return last + 1;
}

}  // namespace

Result<UniqueFd> open_input_file(const std::string& path) {
  if (path != "-") return open_for_reading(path);
  UniqueFd fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!fd) return Error::from_errno(errno, "open standard input");
  return fd;
}

void Chunk::keep_intact() {
  size_t size = 0;
  do {
    size = window.intact_size();
    bytes.clear();
    bytes.append(window.bytes().substr(0, size));
  } while (window.intact_size() < size);
  is_shown = false;
}

ChunkReader::ChunkReader(std::vector<std::string> paths, size_t chunk_size, bool fill, OpenInput open_input)
    : paths_(std::move(paths)), open_input_(std::move(open_input)), chunk_size_(chunk_size), fill_(fill) {}

Result<bool> ChunkReader::next(Chunk& chunk) {
  if (input_ == paths_.size()) return false;
  if (!fd_) {
    if (const Result<void> opened = open_next(); !opened) return opened.error();
  }
  chunk.input = input_;
  chunk.last = false;
  chunk.damage.reset();
  chunk.is_shown = show_next(chunk);
  if (chunk.is_shown) return true;
  chunk.bytes.clear();
  chunk.bytes.append(rest_);
  rest_.clear();
  while (chunk.bytes.size() < chunk_size_) {
    const size_t room = chunk_size_ - chunk.bytes.size();
    const Result<size_t> size = read_some(chunk.bytes.room(room), room);
    if (size) chunk.bytes.grow(*size);
    if (!size || *size == 0) {
      chunk.damage = size ? missing_part() : size.error();
      chunk.last = true;
      gzip_.reset();
      fd_ = UniqueFd();
      ++input_;
      return true;
    }
    if (!fill_ && !more_is_waiting()) break;
  }
  cut(chunk);
  return true;
}

// What follows the cut begins the next piece.
void ChunkReader::cut(Chunk& chunk) {
  const size_t end = find_cut(chunk.bytes.view());
  if (end == 0) return;
  rest_.assign(chunk.bytes.view().substr(end));
  chunk.bytes.truncate(end);
}

Result<void> ChunkReader::open_next() {
  Result<UniqueFd> fd = open_input_(paths_[input_]);
  if (!fd) return fd.error();
  fd_ = *std::move(fd);
  struct stat status {};
  const bool is_known = ::fstat(fd_.get(), &status) == 0;
  is_pipe_ = is_known && !S_ISREG(status.st_mode);
  shown_ = shown_end_ = 0;
  if (!is_pipe_) ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  head_.resize(2);
  size_t size = 0;
  while (size < head_.size()) {
    const Result<size_t> count =
        querymark::read_some(fd_.get(), head_.data() + size, head_.size() - size, paths_[input_]);
    if (!count) return count.error();
    if (*count == 0) break;
    size += *count;
  }
  head_.resize(size);
  bytes_read_ += size;
  if (!is_gzip(head_)) {
    if (is_known && !is_pipe_) begin_showing(static_cast<uint64_t>(status.st_size));
    return {};
  }
  gzip_.emplace(fd_.get(), paths_[input_], head_);
  head_.clear();
  return {};
}

// A plain file of more than a piece is shown, from where its descriptor stands.
void ChunkReader::begin_showing(uint64_t size) {
  const off_t position = ::lseek(fd_.get(), 0, SEEK_CUR);
  if (position < 0 || size < static_cast<uint64_t>(position) + chunk_size_) return;
  shown_ = static_cast<uint64_t>(position) - head_.size();
  shown_end_ = size;
  bytes_read_ -= head_.size();
  head_.clear();
}

// False where nothing is left to show: then the descriptor stands behind what was shown.
bool ChunkReader::show_next(Chunk& chunk) {
  if (shown_ == shown_end_) return false;
  const auto size = static_cast<size_t>(std::min<uint64_t>(shown_end_ - shown_, chunk_size_));
  const bool is_shown = chunk.window.show(fd_.get(), shown_, size);
  if (is_shown) {
    const size_t end = find_cut(chunk.window.bytes());
    if (end > 0) chunk.window.truncate(end);
    shown_ += chunk.window.bytes().size();
    bytes_read_ += chunk.window.bytes().size();
  } else {
    shown_end_ = shown_;
  }
  if (shown_ == shown_end_) ::lseek(fd_.get(), static_cast<off_t>(shown_), SEEK_SET);
  return is_shown;
}

// An error where the file, which has been read to its end, is shorter than what was shown of it.
std::optional<Error> ChunkReader::missing_part() const {
  struct stat status {};
  if (shown_end_ == 0 || ::fstat(fd_.get(), &status) != 0) return std::nullopt;
  const auto size = static_cast<uint64_t>(status.st_size);
  if (size >= shown_end_) return std::nullopt;
  return Error::corrupt(paths_[input_] + ": was cut to " + std::to_string(size) + " bytes while it was read");
}

Result<size_t> ChunkReader::read_some(char* out, size_t size) {
  if (!head_.empty()) {
    const size_t count = std::min(size, head_.size());
    std::memcpy(out, head_.data(), count);
    head_.erase(0, count);
    return count;
  }
  if (gzip_) {
    const uint64_t before = gzip_->bytes_read();
    Result<size_t> count = gzip_->read_some(out, size);
    bytes_read_ += gzip_->bytes_read() - before;
    return count;
  }
  Result<size_t> count = querymark::read_some(fd_.get(), out, size, paths_[input_]);
  if (count) bytes_read_ += *count;
  return count;
}

bool ChunkReader::more_is_waiting() const {
  if (!is_pipe_ || gzip_) return true;
  pollfd poll_fd{fd_.get(), POLLIN, 0};
  return ::poll(&poll_fd, 1, 0) > 0;
}

}  // namespace querymark
