// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace querymark {

Result<FileLock> FileLock::acquire(const std::string& path, int wait_ms_max) {
  constexpr std::chrono::milliseconds kPause(10);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!fd) return Error::from_errno(errno, "open " + path);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms_max);
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return Error::from_errno(errno, "lock " + path);
    if (std::chrono::steady_clock::now() >= give_up)
      return Error{Errc::kBusy, path + ": another process has held this lock for too long"};
    std::this_thread::sleep_for(kPause);
  }
  return FileLock(std::move(fd));
}

}  // namespace querymark
