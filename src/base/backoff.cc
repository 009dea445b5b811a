// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.h"

#include <algorithm>
#include <thread>

namespace querymark {

Backoff::Backoff(std::chrono::milliseconds base, std::chrono::milliseconds cap)
    : base_(std::min(base, cap)), cap_(cap), ceiling_(base_), random_(std::random_device()()) {}

std::chrono::microseconds Backoff::next() {
  std::uniform_int_distribution<std::chrono::microseconds::rep> pause(0, ceiling_.count());
  ceiling_ = std::min(ceiling_ * 2, cap_);
  return std::chrono::microseconds(pause(random_));
}

bool Backoff::wait(Deadline deadline) {
  const std::chrono::microseconds pause = next();
  if (!deadline.is_never() && pause >= deadline.left()) return false;
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace querymark
