// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace querymark {

// A `querymark serve` of the demo, on a free port of 127.0.0.1, in the folder and the environment we are in.
// Stopped when dropped.
class DemoService {
 public:
  // Starts "querymark serve --listen 127.0.0.1:PORT ARGUMENTS…" and waits until it answers.
  static Result<DemoService> start(const std::vector<std::string>& arguments);
  DemoService(DemoService&& other) noexcept : pid_(other.pid_), port_(other.port_) { other.pid_ = 0; }
  DemoService& operator=(DemoService&&) = delete;
  ~DemoService() { stop(); }

  uint16_t port() const { return port_; }
  // Has it deliver what it holds, and waits for its end.
  void stop();

 private:
  DemoService(pid_t pid, uint16_t port) : pid_(pid), port_(port) {}
  pid_t pid_;
  uint16_t port_;
};

// A port of 127.0.0.1 that nobody listens on now.
Result<uint16_t> find_free_port();

}  // namespace querymark
