// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

// Ids of requests whose records are on disk, so that a sender that missed the answer and sends the same again
// is answered and nothing is stored twice. The newest are remembered, in memory: a restart forgets them, and
// what is sent again then is there twice.
//
// Threads: any.
namespace querymark {

class RequestIds {
 public:
  // Firehose gives up a request within hours; at one a second this is more than a day.
  static constexpr size_t kRememberedMax = 100'000;
  static constexpr size_t kIdSizeMax = 128;  // longer ones are not remembered

  enum class State { kNew, kRunning, kDone };
  // kNew: the caller works on it now, and says end() when it is through.
  State begin(const std::string& id);
  void end(const std::string& id, bool is_done);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, State> states_;
  std::deque<std::string> done_;  // oldest first
};

}  // namespace querymark
