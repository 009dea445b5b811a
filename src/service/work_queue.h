// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// Work that takes too long for the threads that serve requests: done by threads of its own, in the order of
// coming. The queue is bounded, so that whoever asks for more is told so at once.
//
//   WorkQueue queue(2, 32);
//   if (!queue.submit([handler] { handler->answer(); })) refuse();
//
// Threads: any number submit.
namespace querymark {

class WorkQueue {
 public:
  WorkQueue(size_t threads, size_t waiting_max);
  ~WorkQueue() { stop(); }
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // False, and nothing is done, where so many wait already, or after stop().
  [[nodiscard]] bool submit(std::function<void()> work);
  // Returns when all that was submitted is done.
  void stop();

 private:
  void run();

  size_t waiting_max_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace querymark
