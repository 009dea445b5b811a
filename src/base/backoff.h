// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <random>

#include "base/deadline.h"

// Pauses between tries, exponential with full jitter: the n-th is drawn evenly from 0 … min(cap, base × 2ⁿ),
// so that many clients that failed at once do not come back at once.
//
//   Backoff backoff(std::chrono::milliseconds(50), std::chrono::seconds(20));
//   while (!try_it()) {
//     if (!backoff.wait(deadline)) return too_late();
//   }
namespace querymark {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds base, std::chrono::milliseconds cap);

  // The next pause, in whole microseconds.
  std::chrono::microseconds next();
  // Sleeps the next pause. False, at once, where the deadline would pass meanwhile.
  bool wait(Deadline deadline);
  // Begins anew: something went well.
  void reset() { ceiling_ = base_; }

 private:
  std::chrono::microseconds base_;
  std::chrono::microseconds cap_;
  std::chrono::microseconds ceiling_;
  std::minstd_rand random_;
};

}  // namespace querymark
