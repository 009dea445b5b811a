// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "aws/http_message.h"
#include "base/file.h"

// An HTTP server of the tests on a free port of 127.0.0.1. It answers each request as the test's handler
// says, and fails on demand as networks and services do: in the middle, late, or by saying nothing for ever.
//
//   LoopbackServer server([](const LoopbackRequest& request) { return LoopbackReply::with(200, request.body);
//   }); request.url = *HttpUrl::parse(server.url() + "/path");
namespace querymark {

struct LoopbackRequest {
  std::string method;
  std::string target;  // path and query as sent
  HttpHeaders headers;
  std::string body;
  size_t number = 0;      // 0, 1, … over the server's life
  size_t connection = 0;  // 0, 1, … in order of accept

  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

struct LoopbackReply {
  enum class After { kKeepOpen, kClose, kReset, kStall };

  std::string bytes;  // as they go over the wire
  After after = After::kKeepOpen;
  std::chrono::milliseconds before{0};   // waits so long before the first byte
  std::chrono::milliseconds between{0};  // and so long between bytes

  static LoopbackReply with(int status, std::string_view body, const HttpHeaders& headers = {}) {
    LoopbackReply reply;
    reply.bytes = "HTTP/1.1 " + std::to_string(status) + " Status\r\n";
    for (const HttpHeader& header : headers) {
      reply.bytes.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    reply.bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    reply.bytes += body;
    return reply;
  }
  // Nothing more than the first `size` bytes, and then `after`.
  LoopbackReply cut(size_t size, After then) const {
    LoopbackReply reply = *this;
    reply.bytes.resize(std::min(size, bytes.size()));
    reply.after = then;
    return reply;
  }
  static LoopbackReply stall() { return {"", After::kStall, {}, {}}; }
  static LoopbackReply reset() { return {"", After::kReset, {}, {}}; }
};

class LoopbackServer {
 public:
  using Handler = std::function<LoopbackReply(const LoopbackRequest&)>;

  explicit LoopbackServer(Handler handler)
      : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    stalled_.notify_all();
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : connections_) thread.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<LoopbackRequest> requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard<std::mutex> lock(mutex_);
      if (fd < 0 || stopping_) {
        if (fd >= 0) ::close(fd);
        return;
      }
      open_.push_back(fd);
      connections_.emplace_back([this, fd, number = connections_.size()] {
        serve(fd, number);
        const std::lock_guard<std::mutex> closing(mutex_);
        std::erase(open_, fd);
        ::close(fd);
      });
    }
  }

  void serve(int fd, size_t connection) {
    std::string input;
    for (;;) {
      LoopbackRequest request;
      request.connection = connection;
      if (!read_request(fd, input, request)) return;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        request.number = requests_.size();
        requests_.push_back(request);
      }
      const LoopbackReply reply = handler_(request);
      wait(reply.before);
      const size_t piece = reply.between.count() == 0 ? reply.bytes.size() : 1;
      for (size_t at = 0; at < reply.bytes.size(); at += piece) {
        if (::send(fd, reply.bytes.data() + at, std::min(piece, reply.bytes.size() - at), MSG_NOSIGNAL) < 0)
          return;
        wait(reply.between);
      }
      switch (reply.after) {
        case LoopbackReply::After::kKeepOpen:
          break;
        case LoopbackReply::After::kClose:
          return;
        case LoopbackReply::After::kReset: {
          const linger at_once{1, 0};
          ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
          return;
        }
        case LoopbackReply::After::kStall:
          wait(std::chrono::hours(1));
          return;
      }
    }
  }

  // `input` holds what has been read beyond the last request.
  static bool read_request(int fd, std::string& input, LoopbackRequest& request) {
    const auto read_until = [&](size_t size) {
      char buffer[16384];
      while (input.size() < size) {
        const ssize_t count = ::recv(fd, buffer, sizeof buffer, 0);
        if (count <= 0) return false;
        input.append(buffer, static_cast<size_t>(count));
      }
      return true;
    };
    size_t end = std::string::npos;
    while ((end = input.find("\r\n\r\n")) == std::string::npos) {
      if (!read_until(input.size() + 1)) return false;
    }
    std::string_view head = std::string_view(input).substr(0, end + 2);
    const std::string_view first = head.substr(0, head.find("\r\n"));
    request.method = first.substr(0, first.find(' '));
    request.target = first.substr(request.method.size() + 1, first.rfind(' ') - request.method.size() - 1);
    head.remove_prefix(first.size() + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const size_t colon = line.find(':');
      const size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
      request.headers.push_back({std::string(line.substr(0, colon)), std::string(line.substr(value))});
      head.remove_prefix(line.size() + 2);
    }
    const std::string length(request.header("Content-Length"));
    const size_t body_size = length.empty() ? 0 : std::stoul(length);
    if (!read_until(end + 4 + body_size)) return false;
    request.body = input.substr(end + 4, body_size);
    input.erase(0, end + 4 + body_size);
    return true;
  }

  void wait(std::chrono::milliseconds time) {
    if (time.count() == 0) return;
    std::unique_lock<std::mutex> lock(mutex_);
    stalled_.wait_for(lock, time, [this] { return stopping_; });
  }

  Handler handler_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable stalled_;
  bool stopping_ = false;
  std::vector<int> open_;
  std::vector<LoopbackRequest> requests_;
  std::vector<std::thread> connections_;  // grown by acceptor_ alone, joined after it
  std::thread acceptor_;
};

}  // namespace querymark
