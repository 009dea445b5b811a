// SPDX-License-Identifier: Apache-2.0
#include "service/request_ids.h"

namespace querymark {

RequestIds::State RequestIds::begin(const std::string& id) {
  if (id.size() > kIdSizeMax) return State::kNew;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto [found, is_new] = states_.try_emplace(id, State::kRunning);
  return is_new ? State::kNew : found->second;
}

void RequestIds::end(const std::string& id, bool is_done) {
  if (id.size() > kIdSizeMax) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!is_done) {
    states_.erase(id);
    return;
  }
  states_[id] = State::kDone;
  done_.push_back(id);
  if (done_.size() <= kRememberedMax) return;
  states_.erase(done_.front());
  done_.pop_front();
}

}  // namespace querymark
