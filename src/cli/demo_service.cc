// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_service.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "base/deadline.h"
#include "base/file.h"

namespace querymark {
namespace {

constexpr std::chrono::seconds kStartTime(30);
constexpr std::chrono::milliseconds kLookInterval(20);

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool answers(uint16_t port) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  return socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

Result<uint16_t> find_free_port() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (!socket || ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return Error::from_errno(errno, "find a free port");
  return ntohs(address.sin_port);
}

Result<DemoService> DemoService::start(const std::vector<std::string>& arguments) {
  const Result<uint16_t> port = find_free_port();
  if (!port) return port.error();
  std::vector<std::string> words = {"querymark", "serve", "--listen", "127.0.0.1:" + std::to_string(*port)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  std::printf("\n$");
  for (std::string& word : words) {
    pointers.push_back(word.data());
    std::printf(" %s", word.c_str());
  }
  pointers.push_back(nullptr);
  std::printf(" &\n");
  std::fflush(stdout);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, "querymark", nullptr, nullptr, pointers.data(), environ);
  if (failed != 0) return Error::from_errno(failed, "start querymark serve");
  DemoService service(pid, *port);
  for (const Deadline deadline = Deadline::after(kStartTime); !answers(*port);) {
    if (deadline.passed() || ::waitpid(pid, nullptr, WNOHANG) != 0)
      return Error{Errc::kIo, "the demo ended early: the service does not answer"};
    std::this_thread::sleep_for(kLookInterval);
  }
  return service;
}

void DemoService::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

}  // namespace querymark
