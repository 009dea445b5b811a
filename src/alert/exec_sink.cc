// SPDX-License-Identifier: Apache-2.0
#include "alert/exec_sink.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/file.h"

namespace querymark {
namespace {

// What the program is started with: the pipe as its stdin, our stderr as its stdout (ours carries data), and
// the signals that we ignore as they are by default.
class SpawnSettings {
 public:
  explicit SpawnSettings(int stdin_fd) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, stdin_fd, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// A program that runs: killed and waited for when it goes out of scope, unless it has ended.
class Child {
 public:
  Child(pid_t pid, const std::string& program) : pid_(pid), program_(program) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  // An error where it does not exit with 0, or not by the deadline.
  Result<void> wait(Deadline deadline) {
    constexpr std::chrono::milliseconds kPauseMax(20);
    int status = 0;
    for (std::chrono::milliseconds pause(1);; pause = std::min(2 * pause, kPauseMax)) {
      const pid_t ended = ::waitpid(pid_, &status, deadline.is_never() ? 0 : WNOHANG);
      if (ended == pid_) break;
      if (ended < 0 && errno != EINTR) return Error::from_errno(errno, "wait for " + program_);
      if (deadline.passed()) return Error{Errc::kBusy, program_ + " did not end in time"};
      if (ended == 0) std::this_thread::sleep_for(pause);
    }
    pid_ = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    const std::string how = WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                              : "signal " + std::to_string(WTERMSIG(status));
    return Error{Errc::kIo, program_ + " ended with " + how};
  }

 private:
  pid_t pid_;
  const std::string& program_;
};

// All of `bytes` into a pipe that does not block; kClosed where nobody reads any more.
Result<void> write_by(int fd, std::string_view bytes, const std::string& program, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd, bytes.data(), bytes.size());
    if (size > 0) bytes.remove_prefix(static_cast<size_t>(size));
    if (size >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return Error::from_errno(errno, "write to " + program);
    pollfd room{fd, POLLOUT, 0};
    ::poll(&room, 1,
           deadline.is_never() ? -1 : static_cast<int>(std::min<int64_t>(deadline.left().count(), 60'000)));
    if (deadline.passed()) return Error{Errc::kBusy, program + " did not read in time"};
  }
  return {};
}

class ExecSink final : public AlertSink {
 public:
  explicit ExecSink(const std::string& program) : AlertSink("exec:" + program, 1), program_(program) {}

  AlertOutcome send(std::span<const Notification> notifications, Deadline deadline) override {
    AlertOutcome outcome;
    for (size_t i = 0; i < notifications.size(); ++i) {
      if (const Result<void> run_well = run(notifications[i].text + "\n", deadline); !run_well)
        outcome.failures.push_back({i, run_well.error()});
    }
    return outcome;
  }

 private:
  Result<void> run(const std::string& line, Deadline deadline) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, "pipe to " + program_);
    UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    // Of our end alone: the program's is as it knows it.
    if (::fcntl(write_end.get(), F_SETFL, O_NONBLOCK) != 0)
      return Error::from_errno(errno, "pipe to " + program_);
    const Result<pid_t> started = start(read_end.get());
    if (!started) return started.error();
    Child child(*started, program_);
    read_end = UniqueFd();
    Result<void> written = write_by(write_end.get(), line, program_, deadline);
    write_end = UniqueFd();
    // A program may end well without reading all of it.
    if (!written && written.error().code != Errc::kClosed) return written;
    return child.wait(deadline);
  }

  Result<pid_t> start(int stdin_fd) {
    const SpawnSettings settings(stdin_fd);
    char* arguments[] = {program_.data(), nullptr};
    pid_t pid = 0;
    const int failed =
        ::posix_spawnp(&pid, program_.c_str(), settings.actions(), settings.attributes(), arguments, environ);
    if (failed != 0) return Error{Errc::kIo, Error::from_errno(failed, "start " + program_).detail};
    return pid;
  }

  std::string program_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> open_exec_sink(const std::string& program) {
  return std::unique_ptr<AlertSink>(std::make_unique<ExecSink>(program));
}

}  // namespace querymark
