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
  chunk.bytes.clear();
  chunk.bytes.append(rest_);
  rest_.clear();
  while (chunk.bytes.size() < chunk_size_) {
    const size_t room = chunk_size_ - chunk.bytes.size();
    const Result<size_t> size = read_some(chunk.bytes.room(room), room);
    if (size) chunk.bytes.grow(*size);
    if (!size || *size == 0) {
      if (!size) chunk.damage = size.error();
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
  is_pipe_ = ::fstat(fd_.get(), &status) == 0 && !S_ISREG(status.st_mode);
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
  if (!is_gzip(head_)) return {};
  gzip_.emplace(fd_.get(), paths_[input_], head_);
  head_.clear();
  return {};
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
