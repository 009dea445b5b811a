// SPDX-License-Identifier: Apache-2.0
#include "service/work_queue.h"

#include <gtest/gtest.h>

#include <future>

namespace querymark {
namespace {

TEST(WorkQueue, DoesWhatIsSubmittedInOrder) {
  std::vector<int> done;
  WorkQueue queue(1, 100);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.submit([&done, i] { done.push_back(i); }));
  queue.stop();
  ASSERT_EQ(done.size(), 100U);
  for (size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], static_cast<int>(i));
}

TEST(WorkQueue, RefusesWhatDoesNotFit) {
  std::promise<void> gate;
  std::promise<void> begun;
  const std::shared_future<void> opened = gate.get_future().share();
  WorkQueue queue(1, 1);
  EXPECT_TRUE(queue.submit([&begun, opened] {
    begun.set_value();
    opened.wait();
  }));
  begun.get_future().wait();
  bool is_done = false;
  EXPECT_TRUE(queue.submit([&is_done] { is_done = true; }));
  EXPECT_FALSE(queue.submit([] {}));
  gate.set_value();
  queue.stop();
  EXPECT_TRUE(is_done);
  EXPECT_FALSE(queue.submit([] {}));
}

}  // namespace
}  // namespace querymark
