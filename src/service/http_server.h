// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"
#include "service/http_exchange.h"
#include "service/memory_budget.h"

// HTTP/1.1 over TCP or TLS, event-driven: a connection that idles or drips costs some kilobytes and no
// thread. Bodies by Content-Length or in chunks, `Expect: 100-continue`, kept-alive connections.
//
//   Result<std::unique_ptr<HttpServer>> server = HttpServer::listen({.port = 8053}, service, budget,
//   on_error);
//   (*server)->start();
//   (*server)->stop(Deadline::after(10s));
//
// Bounds: connections, a request's head, its body (the handler's bound), the memory of all bodies together
// (the budget), and the time that each may take.
namespace querymark {

struct HttpServerOptions {
  std::string address = "127.0.0.1";  // of an interface; "::" or "0.0.0.0" for all
  uint16_t port = 0;                  // 0: any free one
  unsigned threads = 2;
  size_t connections_max = 10000;
  std::string certificate_file = {};  // PEM, with the chain; empty: no TLS
  std::string key_file = {};
  std::chrono::milliseconds head_time = std::chrono::seconds(60);   // to the end of the head; idle likewise
  std::chrono::milliseconds piece_time = std::chrono::seconds(60);  // for each MiB of a body, or a reply
};

inline constexpr size_t kHttpHeadSizeMax = size_t{16} << 10;

struct HttpServerStatus {
  uint64_t connections = 0;          // open now
  uint64_t connections_total = 0;    // accepted
  uint64_t connections_refused = 0;  // over the bound
  // Replies by the first digit of their status; 0 and 1 stay 0.
  std::array<uint64_t, 6> replies = {};
};

// Reads the certificate and the key that the options name, where they name some.
Result<void> check_certificate(const HttpServerOptions& options);

class HttpServer {
 public:
  // Has the port when it returns, and answers from start() on. `on_error`: told what no sender is told (it
  // cannot accept, say), from any thread.
  static Result<std::unique_ptr<HttpServer>> listen(const HttpServerOptions& options, HttpService& service,
                                                    MemoryBudget& budget,
                                                    std::function<void(std::string_view)> on_error);
  ~HttpServer();

  void start();

  uint16_t port() const;
  HttpServerStatus status() const;
  // No connection is accepted any more, idle ones are closed, requests under way are answered until the
  // deadline; no call of the service or of a handler begins when it has returned. REQUIRES: the service still
  // answers. Called once.
  void stop(Deadline deadline);

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace querymark
