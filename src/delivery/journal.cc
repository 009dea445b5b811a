// SPDX-License-Identifier: Apache-2.0
#include "delivery/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

namespace querymark {
namespace {

constexpr size_t kBlockSize = size_t{1} << 20;

Error errno_error(std::string_view operation, const std::string& path) {
  return Error::from_errno(errno, std::string(operation) + " " + path);
}

// What the lines before the first NUL byte take up.
Result<Journal::Extent> find_lines(int fd, const std::string& path) {
  std::vector<char> block(kBlockSize);
  Journal::Extent found{0, 0};
  for (uint64_t at = 0;;) {
    const Result<size_t> size = read_some(fd, block.data(), block.size(), path);
    if (!size) return size.error();
    std::string_view bytes(block.data(), *size);
    bytes = bytes.substr(0, bytes.find('\0'));
    const size_t feed = bytes.rfind('\n');
    if (feed != std::string_view::npos) found.size = at + feed + 1;
    found.lines += static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    if (*size == 0 || bytes.size() < *size) return found;
    at += *size;
  }
}

}  // namespace

Result<Journal> Journal::create(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd) return errno_error("create", path);
  const Result<void> synced = sync_folder(std::filesystem::path(path).parent_path().string());
  if (!synced) return synced.error();
  return Journal(std::move(fd), path);
}

Result<void> Journal::append(std::string_view lines) {
  Result<void> written = write_at(fd_.get(), size_, lines, path_);
  if (written) size_ += lines.size();
  return written;
}

Result<void> Journal::sync() {
  if (::fdatasync(fd_.get()) != 0) return errno_error("sync", path_);
  synced_size_ = size_;
  return {};
}

Result<void> Journal::cut_to_synced() {
  if (::ftruncate(fd_.get(), static_cast<off_t>(synced_size_)) != 0) return errno_error("cut", path_);
  size_ = synced_size_;
  return {};
}

Result<Journal::Extent> Journal::recover(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd) return errno_error("open", path);
  Result<Extent> found = find_lines(fd.get(), path);
  if (!found) return found;
  if (::ftruncate(fd.get(), static_cast<off_t>(found->size)) != 0) return errno_error("cut", path);
  if (::fsync(fd.get()) != 0) return errno_error("sync", path);
  return found;
}

}  // namespace querymark
