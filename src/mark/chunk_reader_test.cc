// SPDX-License-Identifier: Apache-2.0
#include "mark/chunk_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace querymark {
namespace {

constexpr size_t kChunkSize = size_t{64} << 10;

std::string lines(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += "{\"query_name\":\"host" + std::to_string(i) + ".example.com.\"}\n";
  return text;
}

// A file without a name, and a reader of it; the file's position is `from`.
struct ReadFile {
  explicit ReadFile(const std::string& text, off_t from = 0)
      : fd(*create_work_file()), reader({"log"}, kChunkSize, true, [this, from](const std::string&) {
          ::lseek(fd.get(), from, SEEK_SET);
          return Result<UniqueFd>(UniqueFd(::dup(fd.get())));
        }) {
    append(text);
  }

  void append(const std::string& text) const {
    ::lseek(fd.get(), 0, SEEK_END);
    EXPECT_TRUE(write_all(fd.get(), text, "log"));
  }

  // All that is left, as it lies in the pieces; the last piece is in `chunk`.
  std::string rest() {
    std::string text;
    do {
      EXPECT_TRUE(*reader.next(chunk));
      if (!chunk.is_intact()) chunk.keep_intact();
      text += chunk.text();
    } while (!chunk.last);
    return text;
  }

  UniqueFd fd;
  ChunkReader reader;
  Chunk chunk;
};

TEST(ChunkReader, ShowsAPlainFileInPiecesOfWholeLines) {
  const std::string text = lines(20000);
  ReadFile file(text);
  std::string read;
  ASSERT_TRUE(*file.reader.next(file.chunk));
  while (file.chunk.is_shown) {
    EXPECT_TRUE(file.chunk.text().ends_with("}\n"));
    EXPECT_LE(file.chunk.text().size(), kChunkSize);
    read += file.chunk.text();
    ASSERT_TRUE(*file.reader.next(file.chunk));
  }
  EXPECT_GT(read.size(), text.size() - kChunkSize);
  read += file.chunk.text();
  EXPECT_TRUE(file.chunk.last);
  EXPECT_FALSE(file.chunk.damage);
  EXPECT_TRUE(read == text);
  EXPECT_EQ(file.reader.bytes_read(), text.size());
  EXPECT_FALSE(*file.reader.next(file.chunk));
}

TEST(ChunkReader, BeginsWhereTheDescriptorStands) {
  const std::string text = lines(20000);
  const size_t begin = text.find('\n', 100000) + 1;
  ReadFile file(text, static_cast<off_t>(begin));
  EXPECT_TRUE(file.rest() == text.substr(begin));
}

TEST(ChunkReader, ReadsWhatIsAppendedMeanwhile) {
  std::string text = lines(20000);
  text.pop_back();
  ReadFile file(text);
  ASSERT_TRUE(*file.reader.next(file.chunk));
  const std::string first(file.chunk.text());
  file.append("\nthe last line");
  EXPECT_TRUE(first + file.rest() == text + "\nthe last line");
  EXPECT_FALSE(file.chunk.damage);
}

TEST(ChunkReader, KeepsWhatIsLeftOfAFileThatIsCutShortAndTellsOfIt) {
  const std::string text = lines(20000);
  for (const size_t size : {size_t{0}, 3 * kChunkSize, 3 * kChunkSize + 5000, text.size() - 1}) {
    ReadFile file(text);
    ASSERT_TRUE(*file.reader.next(file.chunk));
    std::string read(file.chunk.text());
    ASSERT_EQ(::ftruncate(file.fd.get(), static_cast<off_t>(size)), 0);
    read += file.rest();
    // What the system has of the page that the file ends in are zeros.
    read.erase(read.find_last_not_of('\0') + 1);
    EXPECT_TRUE(text.starts_with(read)) << size;
    EXPECT_GE(read.size(), std::max(size, file.chunk.text().size())) << size;
    ASSERT_TRUE(file.chunk.damage) << size;
    EXPECT_EQ(file.chunk.damage->detail,
              "log: was cut to " + std::to_string(size) + " bytes while it was read");
  }
}

TEST(ChunkReader, KeepsTheBeginningOfAPieceWhoseEndWentAwayWhileItWasShown) {
  const std::string text = lines(20000);
  ReadFile file(text);
  ASSERT_TRUE(*file.reader.next(file.chunk));
  ASSERT_TRUE(file.chunk.is_intact());
  ASSERT_EQ(::ftruncate(file.fd.get(), 8192), 0);
  EXPECT_EQ(file.chunk.text().back(), '\0');
  EXPECT_FALSE(file.chunk.is_intact());
  file.chunk.keep_intact();
  EXPECT_TRUE(file.chunk.is_intact());
  EXPECT_TRUE(text.starts_with(file.chunk.text()));
  EXPECT_EQ(file.chunk.text().size(), 8192U);
}

}  // namespace
}  // namespace querymark
