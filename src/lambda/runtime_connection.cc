// SPDX-License-Identifier: Apache-2.0
#include "lambda/runtime_connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

namespace querymark {

static constexpr size_t kReceiveSize = size_t{64} << 10;

// Sends head and body until all is sent, or bytes to read (or the end of the connection) wait before that: a
// peer that replies early may never read the rest. False: the connection is broken; a reply may wait all the
// same.
static bool send_request(int socket, std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    pollfd ready{socket, POLLIN | POLLOUT, 0};
    if (::poll(&ready, 1, -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if ((ready.revents & (POLLIN | POLLERR | POLLHUP)) != 0) return false;
    std::array<iovec, 2> parts{iovec{const_cast<char*>(head.data()), head.size()},
                               iovec{const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return false;
    }
    const size_t of_head = std::min(head.size(), static_cast<size_t>(sent));
    head.remove_prefix(of_head);
    body.remove_prefix(static_cast<size_t>(sent) - of_head);
  }
  return true;
}

// "host:port" or "[address]:port".
static std::pair<std::string, std::string> split_authority(const std::string& authority) {
  const size_t colon = authority.rfind(':');
  if (colon == std::string::npos) return {authority, "80"};
  std::string host = authority.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return {host, authority.substr(colon + 1)};
}

Result<void> RuntimeConnection::connect() {
  const auto [host, port] = split_authority(authority_);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); code != 0) {
    return Error::invalid("Runtime API " + authority_ + ": " + ::gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  int cause = 0;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    UniqueFd socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket && ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0) {
      const int on = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      socket_ = std::move(socket);
      return {};
    }
    cause = errno;
  }
  return Error::from_errno(cause, "connect to the Runtime API " + authority_);
}

// One try on the connection that there is. `started` on failure: the API had begun to reply.
Result<HttpReply> RuntimeConnection::attempt(std::string_view head, std::string_view body, bool& started) {
  const bool sent_whole = send_request(socket_.get(), head, body);
  HttpReplyReader reader;
  std::array<char, kReceiveSize> buffer;
  for (;;) {
    const Result<size_t> count =
        read_some(socket_.get(), buffer.data(), buffer.size(), "from the Runtime API");
    started = reader.started();
    if (!count) return count.error();
    const Result<bool> whole = *count == 0 ? reader.end() : reader.add({buffer.data(), *count});
    if (!whole) return whole.error();
    if (!*whole) continue;
    HttpReply reply = reader.take();
    if (!reply.keep_alive || !sent_whole) socket_ = UniqueFd();
    return reply;
  }
}

Result<HttpReply> RuntimeConnection::exchange(const RuntimeRequest& request) {
  std::string head;
  head.append(request.method)
      .append(" ")
      .append(request.path)
      .append(" HTTP/1.1\r\nHost: ")
      .append(authority_);
  head.append("\r\n").append(request.headers);
  if (request.method != "GET") head.append("Content-Length: ").append(std::to_string(request.body.size()));
  head.append(request.method != "GET" ? "\r\n\r\n" : "\r\n");

  const bool reused = static_cast<bool>(socket_);
  if (!reused) {
    if (Result<void> connected = connect(); !connected) return connected.error();
  }
  bool started = false;
  Result<HttpReply> reply = attempt(head, request.body, started);
  if (!reply && reused && !started) {
    socket_ = UniqueFd();
    if (Result<void> connected = connect(); !connected) return connected.error();
    reply = attempt(head, request.body, started);
  }
  if (!reply) socket_ = UniqueFd();
  return reply;
}

}  // namespace querymark
