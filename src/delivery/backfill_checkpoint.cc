// SPDX-License-Identifier: Apache-2.0
#include "delivery/backfill_checkpoint.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace querymark {
namespace {

// 10 M objects of a year, 200 bytes a line.
constexpr size_t kCheckpointSizeMax = size_t{2} << 30;

}  // namespace

// A line feed in a name is written as NUL, which no name has.
std::string BackfillCheckpoint::line_of(const BackfillSource& source) {
  std::string line = source.identity + " " + source.name;
  std::replace(line.begin(), line.end(), '\n', '\0');
  return line;
}

Result<BackfillCheckpoint> BackfillCheckpoint::open(const std::string& path) {
  const Result<void> made = make_folders(std::filesystem::path(path).parent_path());
  if (!made) return made.error();
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd) return Error::from_errno(errno, "open " + path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return Error{Errc::kBusy, path + " is in use: another backfill into this store is at work"};
  const Result<std::string> text = read_file(path, kCheckpointSizeMax);
  if (!text) return text.error();
  BackfillCheckpoint checkpoint(std::move(fd), path);
  size_t begin = 0;
  for (size_t end = 0; (end = text->find('\n', begin)) != std::string::npos; begin = end + 1)
    checkpoint.done_.insert(text->substr(begin, end - begin));
  if (begin < text->size() && ::ftruncate(checkpoint.fd_.get(), static_cast<off_t>(begin)) != 0)
    return Error::from_errno(errno, "cut " + path);
  return checkpoint;
}

Result<void> BackfillCheckpoint::add(const BackfillSource& source) {
  const std::string line = line_of(source) + "\n";
  const std::lock_guard lock(mutex_);
  Result<void> written = write_all(fd_.get(), line, path_);
  if (!written) return written;
  return ::fdatasync(fd_.get()) == 0 ? Result<void>() : Error::from_errno(errno, "sync " + path_);
}

Result<void> BackfillCheckpoint::clear() {
  done_.clear();
  return ::ftruncate(fd_.get(), 0) == 0 ? Result<void>() : Error::from_errno(errno, "empty " + path_);
}

}  // namespace querymark
