// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace querymark {
namespace {

class FileTest : public ::testing::Test {
 protected:
  FileTest() : folder_(std::filesystem::temp_directory_path() / ("file_test." + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  size_t files() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  std::filesystem::path folder_;
};

TEST_F(FileTest, AtomicFileAppearsOnlyWithCommit) {
  Result<AtomicFile> file = AtomicFile::create(path("set"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("hello"));
  EXPECT_FALSE(std::filesystem::exists(path("set")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(*read_file(path("set"), 100), "hello");
  EXPECT_EQ(files(), 1u);
}

TEST_F(FileTest, AtomicFileDroppedLeavesTheOldOneAndNothingElse) {
  {
    Result<AtomicFile> old_file = AtomicFile::create(path("set"));
    ASSERT_TRUE(old_file->append("old"));
    ASSERT_TRUE(old_file->commit());
  }
  {
    Result<AtomicFile> new_file = AtomicFile::create(path("set"));
    ASSERT_TRUE(new_file->append("new"));
  }
  EXPECT_EQ(*read_file(path("set"), 100), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(FileTest, ErrorsNameThePathAndTheCause) {
  const Error missing = open_for_reading(path("missing")).error();
  EXPECT_EQ(missing.code, Errc::kNotFound);
  EXPECT_EQ(missing.detail, "open " + path("missing") + ": No such file or directory");
  const UniqueFd full(*open_for_writing("/dev/full"));
  EXPECT_EQ(write_all(full.get(), "x", "/dev/full").error().code, Errc::kIo);
}

TEST_F(FileTest, ReadFileRefusesOnePastTheBound) {
  Result<AtomicFile> file = AtomicFile::create(path("text"));
  ASSERT_TRUE(file->append("12345"));
  ASSERT_TRUE(file->commit());
  EXPECT_TRUE(read_file(path("text"), 5));
  EXPECT_EQ(read_file(path("text"), 4).error().code, Errc::kLimit);
}

TEST_F(FileTest, ReadsAndWritesAtOffsets) {
  Result<AtomicFile> file = AtomicFile::create(path("file"));
  ASSERT_TRUE(write_at(file->fd(), 4, "efgh", "file"));
  ASSERT_TRUE(write_at(file->fd(), 0, "abcd", "file"));
  std::string bytes(6, '\0');
  ASSERT_TRUE(read_at(file->fd(), 1, bytes.data(), bytes.size(), "file"));
  EXPECT_EQ(bytes, "bcdefg");
  const Result<void> read = read_at(file->fd(), 5, bytes.data(), bytes.size(), "file");
  EXPECT_EQ(read.error().code, Errc::kCorrupt);
  EXPECT_EQ(read.error().detail, "file: ends at byte 8");
}

TEST_F(FileTest, MappedFileMayBeEmpty) {
  Result<AtomicFile> file = AtomicFile::create(path("empty"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(MappedFile::open(path("empty"))->bytes(), "");
}

}  // namespace
}  // namespace querymark
