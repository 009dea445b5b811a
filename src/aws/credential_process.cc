// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

#include "aws/credentials_json.h"
#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kOutputSizeMax = size_t{64} << 10;

// A child process: killed and waited for when it goes out of scope, unless it was waited for.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  // The status as of waitpid.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
};

Result<pid_t> spawn(const std::vector<std::string>& words, int output) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return Error::from_errno(failed, "credential_process " + words[0]);
  return pid;
}

// All that comes until the other side closes.
Result<std::string> read_until_closed(int fd, const std::string& place, Deadline deadline) {
  std::string output;
  for (;;) {
    pollfd ready{fd, POLLIN, 0};
    const int timeout =
        deadline.is_never() ? -1 : static_cast<int>(std::min<int64_t>(deadline.left().count(), 60000));
    const int count = ::poll(&ready, 1, timeout);
    if (count < 0 && errno != EINTR) return Error::from_errno(errno, place);
    if (count <= 0) {
      if (deadline.passed()) return Error{Errc::kBusy, place + ": no answer in time"};
      continue;
    }
    char buffer[4096];
    const Result<size_t> size = read_some(fd, buffer, sizeof buffer, place);
    if (!size) return size.error();
    if (*size == 0) return output;
    output.append(buffer, *size);
    if (output.size() > kOutputSizeMax) return Error::limit(place + ": output too long");
  }
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank = quote == '\0' && (c == ' ' || c == '\t');
    if (blank) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back() += line[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') return Error::invalid("credential_process: quotes do not close");
  if (words.empty()) return Error::invalid("credential_process: no program");
  return words;
}

Result<Credentials> run_credential_process(std::string_view command_line, Deadline deadline) {
  const Result<std::vector<std::string>> words = split_command(command_line);
  if (!words) return words.error();
  const std::string place = "credential_process " + words->front();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, place);
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const Result<pid_t> pid = spawn(*words, writing.get());
  if (!pid) return pid.error();
  Child child(*pid);
  writing = UniqueFd();

  const Result<std::string> output = read_until_closed(reading.get(), place, deadline);
  if (!output) return output.error();
  const int status = child.wait();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{Errc::kDenied, place + (WIFEXITED(status) ? " failed with exit status " +
                                                                 std::to_string(WEXITSTATUS(status))
                                                           : " was killed by a signal")};
  }
  return parse_credentials_json(*output, place);
}

}  // namespace querymark
