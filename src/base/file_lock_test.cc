// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/temporary_folder.h"

namespace querymark {
namespace {

TEST(FileLock, IsHeldByOneAtATime) {
  const Result<TemporaryFolder> folder = TemporaryFolder::create();
  ASSERT_TRUE(folder);
  const std::string path = folder->path() + "/lock";
  {
    const Result<FileLock> first = FileLock::acquire(path, 0);
    ASSERT_TRUE(first);
    const Result<FileLock> second = FileLock::acquire(path, 30);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::kBusy);
    EXPECT_EQ(second.error().detail, path + ": another process has held this lock for too long");
  }
  EXPECT_TRUE(FileLock::acquire(path, 0));
}

TEST(FileLock, NeedsAFolder) {
  EXPECT_EQ(FileLock::acquire("/nowhere/lock", 0).error().code, Errc::kNotFound);
}

TEST(TemporaryFolder, GoesWithAllThatIsInIt) {
  std::string path;
  {
    const Result<TemporaryFolder> folder = TemporaryFolder::create();
    ASSERT_TRUE(folder);
    path = folder->path();
    ASSERT_TRUE(open_for_writing(path + "/file"));
    EXPECT_TRUE(std::filesystem::exists(path + "/file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace querymark
