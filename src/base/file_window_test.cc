// SPDX-License-Identifier: Apache-2.0
#include "base/file_window.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kFileSize = 1000003;

std::string sample() {
  std::string bytes(kFileSize, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('a' + i * 31 % 26);
  return bytes;
}

UniqueFd file_of(std::string_view bytes) {
  UniqueFd fd = *create_work_file();
  EXPECT_TRUE(write_all(fd.get(), bytes, "file"));
  return fd;
}

TEST(FileWindow, ShowsAnyPartOfAFileAndThenAnother) {
  const std::string bytes = sample();
  const UniqueFd fd = file_of(bytes);
  FileWindow window;
  struct Part {
    size_t offset, size;
  };
  for (const Part& part :
       {Part{0, 1}, Part{5, 300000}, Part{4096, 4096}, Part{999999, 4}, Part{0, kFileSize}}) {
    ASSERT_TRUE(window.show(fd.get(), part.offset, part.size));
    EXPECT_EQ(window.bytes(), std::string_view(bytes).substr(part.offset, part.size)) << part.offset;
    EXPECT_EQ(window.intact_size(), part.size);
  }
}

TEST(FileWindow, HasReadableBytesBehindTheFilesEndWhereThePageEndsWithIt) {
  const UniqueFd fd = file_of(std::string(8192, 'x'));
  FileWindow window;
  ASSERT_TRUE(window.show(fd.get(), 0, 8192));
  const std::string_view behind(window.bytes().data() + 8192, FileWindow::kPadding);
  EXPECT_EQ(std::count(behind.begin(), behind.end(), '\0'), FileWindow::kPadding);
}

TEST(FileWindow, TellsWhatWentAwayWhileItWasLookedAt) {
  const std::string bytes = sample();
  const UniqueFd fd = file_of(bytes);
  FileWindow window;
  ASSERT_TRUE(window.show(fd.get(), 0, kFileSize));
  ASSERT_EQ(::ftruncate(fd.get(), 500000), 0);
  const auto zeros = static_cast<size_t>(std::count(window.bytes().begin(), window.bytes().end(), '\0'));
  EXPECT_EQ(zeros, kFileSize - 500000);
  const size_t intact = window.intact_size();
  EXPECT_GE(intact, 500000U);
  EXPECT_LT(intact, 500000U + 65536U);  // to the end of a page
  EXPECT_EQ(window.bytes().substr(0, 500000), std::string_view(bytes).substr(0, 500000));
}

TEST(FileWindow, ForgetsWhatWentAwayWhenItShowsAnotherPart) {
  const UniqueFd fd = file_of(sample());
  FileWindow window;
  ASSERT_TRUE(window.show(fd.get(), 900000, 100000));
  ASSERT_EQ(::ftruncate(fd.get(), 100), 0);
  EXPECT_EQ(window.bytes()[50000], '\0');
  EXPECT_LT(window.intact_size(), 100000U);
  ASSERT_TRUE(window.show(fd.get(), 0, 100));
  EXPECT_EQ(window.bytes(), sample().substr(0, 100));
  EXPECT_EQ(window.intact_size(), 100U);
}

TEST(FileWindow, IsReleasedWhenItGoes) {
  const UniqueFd fd = file_of(sample());
  for (int i = 0; i < 1000; ++i) {
    FileWindow window;
    ASSERT_TRUE(window.show(fd.get(), 0, 4096)) << i;
    FileWindow moved = std::move(window);
    EXPECT_EQ(moved.bytes().size(), 4096U);
  }
}

TEST(FileWindow, RefusesWhereThereAreTooMany) {
  const UniqueFd fd = file_of(sample());
  std::vector<FileWindow> windows(300);
  const auto shows = [&](FileWindow& window) { return window.show(fd.get(), 0, 10); };
  EXPECT_LT(std::count_if(windows.begin(), windows.end(), shows), 300);
}

TEST(FileWindowDeathTest, LeavesOtherBusErrorsToTheSystem) {
  const UniqueFd fd = file_of(sample());
  FileWindow window;
  ASSERT_TRUE(window.show(fd.get(), 0, 10));
  const auto read_behind_the_end = [&] {
    void* const pages = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd.get(), 8 << 20);
    ::_exit(*static_cast<volatile char*>(pages));
  };
  EXPECT_DEATH(read_behind_the_end(), "");  // by the signal, or by a sanitizer that reports it
}

}  // namespace
}  // namespace querymark
