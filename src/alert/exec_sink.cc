// SPDX-License-Identifier: Apache-2.0
#include "alert/exec_sink.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

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

class ExecSink final : public AlertSink {
 public:
  explicit ExecSink(std::string program) : program_(std::move(program)) {}

  Result<void> send(std::string_view record) override {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, "pipe to " + program_);
    UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    const Result<pid_t> started = start(read_end.get());
    if (!started) return started.error();
    read_end = UniqueFd();
    line_.assign(record);
    line_ += '\n';
    Result<void> written = write_all(write_end.get(), line_, program_);
    write_end = UniqueFd();
    Result<void> ended = wait_for(*started);
    if (!ended) return ended;
    // A program may end well without reading all of it.
    if (!written && written.error().code != Errc::kClosed) return written;
    return {};
  }

 private:
  Result<pid_t> start(int stdin_fd) {
    const SpawnSettings settings(stdin_fd);
    char* arguments[] = {program_.data(), nullptr};
    pid_t pid = 0;
    const int failed =
        ::posix_spawnp(&pid, program_.c_str(), settings.actions(), settings.attributes(), arguments, environ);
    if (failed != 0) return Error::from_errno(failed, "start " + program_);
    return pid;
  }

  Result<void> wait_for(pid_t pid) const {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
      if (errno != EINTR) return Error::from_errno(errno, "wait for " + program_);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    const std::string how = WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                              : "signal " + std::to_string(WTERMSIG(status));
    return Error{Errc::kIo, program_ + " ended with " + how};
  }

  std::string program_;
  std::string line_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> open_exec_sink(const std::string& program) {
  return std::unique_ptr<AlertSink>(std::make_unique<ExecSink>(program));
}

}  // namespace querymark
