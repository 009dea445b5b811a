// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"

// For tests: a Runtime API on a port of its own that plays a script, one step a request, and keeps what it
// heard.
//
//   FakeRuntimeApi api({event("1", "{}"), status(202), hang_up()});
//   … run_function(api.authority().c_str(), …) …
//   api.requests()      after the script's end
namespace querymark {

// What the fake does with one request.
struct ScriptStep {
  std::string reply;               // sent as it is
  size_t piece_size = SIZE_MAX;    // bytes at a time, with a pause after each
  bool close_after = false;        // close the connection after the reply
  bool close_before = false;       // close the connection without a reply
  size_t read_at_most = SIZE_MAX;  // reply once so many bytes of the request have come, and read no more
};

struct HeardRequest {
  std::string line;     // "POST /2018-06-01/runtime/invocation/1/response"
  std::string headers;  // whole lines
  std::string body;
  int connection = 0;  // from 1
};

inline std::string http_reply(int status, std::string_view headers, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) + " Reason\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

inline ScriptStep event(std::string_view id, std::string_view body, std::string_view headers = {}) {
  return {http_reply(200, "Lambda-Runtime-Aws-Request-Id: " + std::string(id) + "\r\n" + std::string(headers),
                     body)};
}

inline ScriptStep status(int code) {
  return {http_reply(code, "", "{}")};
}

// The API goes away: what run_function ends on.
inline ScriptStep hang_up() {
  return {"", SIZE_MAX, false, true};
}

class FakeRuntimeApi {
 public:
  explicit FakeRuntimeApi(std::vector<ScriptStep> script) : script_(std::move(script)) {
    listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { play(); });
  }
  FakeRuntimeApi(const FakeRuntimeApi&) = delete;
  FakeRuntimeApi& operator=(const FakeRuntimeApi&) = delete;
  ~FakeRuntimeApi() { finish(); }

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }

  // REQUIRES: the client has gone through the script.
  const std::vector<HeardRequest>& requests() {
    finish();
    return requests_;
  }

 private:
  void finish() {
    if (thread_.joinable()) thread_.join();
  }

  void play() {
    UniqueFd connection;
    std::string pending;
    int connections = 0;
    for (size_t step = 0; step < script_.size();) {
      if (!connection) {
        connection = UniqueFd(::accept(listener_.get(), nullptr, nullptr));
        pending.clear();
        ++connections;
      }
      HeardRequest request;
      if (!hear(connection.get(), pending, script_[step].read_at_most, request)) {
        connection = UniqueFd();
        continue;
      }
      request.connection = connections;
      requests_.push_back(std::move(request));
      const ScriptStep& now = script_[step++];
      if (!now.close_before) send(connection.get(), now);
      if (now.close_before || now.close_after) connection = UniqueFd();
    }
    listener_ = UniqueFd();
  }

  // One request into `request`, or its first `read_at_most` bytes; false at the connection's end.
  static bool hear(int connection, std::string& pending, size_t read_at_most, HeardRequest& request) {
    std::string buffer(65536, '\0');
    for (;;) {
      const size_t head_end = pending.find("\r\n\r\n");
      const size_t head_size = head_end == std::string::npos ? 0 : head_end + 4;
      size_t body_size = 0;
      if (const size_t at = pending.find("Content-Length: "); at < head_size) {
        body_size = std::stoul(pending.substr(at + 16));
      }
      const bool whole = head_size > 0 && pending.size() >= head_size + body_size;
      if (whole || pending.size() >= read_at_most) {
        const size_t line_end = pending.find("\r\n");
        request.line = pending.substr(0, pending.find(" HTTP/1.1"));
        request.headers = pending.substr(line_end + 2, head_end - line_end);
        request.body = pending.substr(head_size, body_size);
        pending.erase(0, head_size + body_size);
        return true;
      }
      const ssize_t count = ::recv(connection, buffer.data(), buffer.size(), 0);
      if (count <= 0) return false;
      pending.append(buffer, 0, static_cast<size_t>(count));
    }
  }

  static void send(int connection, const ScriptStep& step) {
    std::string_view left = step.reply;
    while (!left.empty()) {
      const std::string_view piece = left.substr(0, step.piece_size);
      if (::send(connection, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) return;
      left.remove_prefix(piece.size());
      if (!left.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  std::vector<ScriptStep> script_;
  std::vector<HeardRequest> requests_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace querymark
