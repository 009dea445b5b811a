// SPDX-License-Identifier: Apache-2.0
#include "service/request_ids.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/temporary_folder.h"

namespace querymark {
namespace {

using State = RequestIds::State;

class RequestIdsTest : public testing::Test {
 protected:
  // As the program does when it starts.
  void open() {
    ids_.reset();
    Result<std::unique_ptr<RequestIds>> opened = RequestIds::open(path_);
    ASSERT_TRUE(opened) << opened.error().detail;
    ids_ = *std::move(opened);
  }
  void take(const std::string& id) {
    ASSERT_EQ(ids_->begin(id), State::kNew) << id;
    ids_->end(id, true);
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
  std::string path_ = folder_.path() + "/request_ids";
  std::unique_ptr<RequestIds> ids_;
};

TEST_F(RequestIdsTest, AnIdThatIsDoneIsKnownAlsoAfterAStart) {
  open();
  take("a");
  EXPECT_EQ(ids_->begin("a"), State::kDone);
  open();
  EXPECT_EQ(ids_->begin("a"), State::kDone);
  take("b");
  open();
  EXPECT_EQ(ids_->begin("a"), State::kDone);
  EXPECT_EQ(ids_->begin("b"), State::kDone);
}

TEST_F(RequestIdsTest, WhatFailedOrWasUnderWayIsNewAgain) {
  open();
  EXPECT_EQ(ids_->begin("a"), State::kNew);
  EXPECT_EQ(ids_->begin("a"), State::kRunning);
  ids_->end("a", false);
  EXPECT_EQ(ids_->begin("a"), State::kNew);
  open();
  EXPECT_EQ(ids_->begin("a"), State::kNew);
}

TEST_F(RequestIdsTest, IdsThatNoLineCanHoldAreAlwaysNew) {
  open();
  for (const std::string& id : {std::string(), std::string("a\nb"), std::string("a b"),
                                std::string("\xc3\xa9"), std::string(RequestIds::kIdSizeMax + 1, 'x')}) {
    take(id);
    EXPECT_EQ(ids_->begin(id), State::kNew);
  }
  take(std::string(RequestIds::kIdSizeMax, 'x'));
  open();
  EXPECT_EQ(ids_->begin(std::string(RequestIds::kIdSizeMax, 'x')), State::kDone);
}

TEST_F(RequestIdsTest, ALineThatACrashCutOffCountsForNothing) {
  open();
  take("first");
  take("second");
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 2);
  open();
  EXPECT_EQ(ids_->begin("first"), State::kDone);
  take("second");
  take("third");
  open();
  EXPECT_EQ(ids_->begin("third"), State::kDone);
}

TEST_F(RequestIdsTest, TheOldestAreForgottenAndTheFileDoesNotGrowForEver) {
  open();
  constexpr size_t kIds = 2 * RequestIds::kRememberedMax + 1;
  for (size_t i = 0; i < kIds; ++i) take(std::to_string(i));
  EXPECT_LT(std::filesystem::file_size(path_), RequestIds::kRememberedMax * 8);
  open();
  EXPECT_EQ(ids_->begin(std::to_string(kIds - RequestIds::kRememberedMax)), State::kDone);
  EXPECT_EQ(ids_->begin(std::to_string(kIds - RequestIds::kRememberedMax - 1)), State::kNew);
}

}  // namespace
}  // namespace querymark
