// SPDX-License-Identifier: Apache-2.0
#include "codec/gzip.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"

namespace querymark {
namespace {

// What a stream gives: its data, and after it the error's text, if any.
struct Inflated {
  std::string data;
  std::string error;
};

Inflated inflate_pieces(std::string_view compressed, size_t piece_size, size_t room) {
  GzipInflater inflater;
  Inflated result;
  std::string out(room, '\0');
  std::string_view piece;
  while (result.error.empty()) {
    if (piece.empty()) {
      piece = compressed.substr(0, piece_size);
      compressed.remove_prefix(piece.size());
    }
    const Result<GzipProgress> progress = inflater.inflate(piece, out.data(), out.size());
    if (!progress) {
      result.error = progress.error().detail;
      break;
    }
    result.data.append(out, 0, progress->produced);
    piece.remove_prefix(progress->consumed);
    if (progress->produced == room || !piece.empty()) continue;
    if (compressed.empty()) break;
  }
  if (const Result<void> finished = inflater.finish(); result.error.empty() && !finished) {
    result.error = finished.error().detail;
  }
  return result;
}

Inflated inflate_whole(std::string_view compressed) {
  return inflate_pieces(compressed, std::string_view::npos, size_t{1} << 16);
}

// zlib's deflate, with a header of the caller's; `flush` after each half.
std::string zlib_member(std::string_view data, gz_header* header = nullptr, int level = 6,
                        int flush = Z_NO_FLUSH) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  if (header != nullptr) deflateSetHeader(&stream, header);
  std::string out(data.size() + data.size() / 1000 + 4096, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const size_t half = data.size() / 2;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(half);
  deflate(&stream, flush);
  stream.avail_in += static_cast<uInt>(data.size() - half);
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// What zlib makes of a member up to its end or the first error; `size_max` bounds it.
std::string zlib_inflate(std::string_view member, size_t size_max, int* status_out = nullptr) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(size_max + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.data()));
  stream.avail_in = static_cast<uInt>(member.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  if (status_out != nullptr) {
    *status_out = status;
  } else if (status != Z_STREAM_END || stream.avail_in != 0) {
    out = "not one whole member";
  }
  inflateEnd(&stream);
  return out;
}

// Text that shrinks, with some noise in it.
std::string log_text(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) {
    text += "{\"query_name\":\"host" + std::to_string(random() % 5000) +
            ".example.com.\",\"rcode\":\"NOERROR\"}\n";
  }
  text.resize(size);
  return text;
}

std::string noise(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string member_of(std::string_view block, GzipLevel level = GzipLevel::kFast) {
  GzipWriter writer(level);
  std::string out(gzip_size_max(block.size()), '\0');
  return std::string(writer.compress(block, out.data()));
}

std::string member_with_all_header_fields(std::string_view data) {
  std::string extra = "ab\x03\x00xyz";
  std::string name = "queries.ndjson";
  std::string comment = "a comment";
  gz_header header{};
  header.extra = reinterpret_cast<Bytef*>(extra.data());
  header.extra_len = static_cast<uInt>(extra.size());
  header.name = reinterpret_cast<Bytef*>(name.data());
  header.comment = reinterpret_cast<Bytef*>(comment.data());
  header.hcrc = 1;
  return zlib_member(data, &header);
}

TEST(Gzip, IsKnownByItsMagicBytes) {
  EXPECT_TRUE(is_gzip(member_of("x")));
  EXPECT_TRUE(is_gzip("\x1f\x8b"));
  EXPECT_FALSE(is_gzip("\x1f"));
  EXPECT_FALSE(is_gzip(""));
  EXPECT_FALSE(is_gzip("{\"query_name\":"));
}

TEST(GzipInflater, GivesWhatZlibCompressedAtEveryLevel) {
  const std::string text = log_text(300000, 1) + noise(100000, 2);
  for (int level = 0; level <= 9; ++level) {
    const Inflated result = inflate_whole(zlib_member(text, nullptr, level));
    EXPECT_EQ(result.error, "") << "level " << level;
    EXPECT_TRUE(result.data == text) << "level " << level;
  }
}

TEST(GzipInflater, TakesInputAndGivesOutputInPiecesOfAnySize) {
  const std::string text = log_text(3000, 3);
  const std::string stream = member_with_all_header_fields(text) + member_of("") + member_of(text) +
                             zlib_member(noise(300, 4), nullptr, 0) + std::string(9, '\0');
  const std::string expected = text + text + noise(300, 4);
  for (size_t piece_size : {1, 2, 3, 7, 64, 1000, 100000}) {
    for (size_t room : {1, 2, 5, 100, 100000}) {
      const Inflated result = inflate_pieces(stream, piece_size, room);
      EXPECT_EQ(result.error, "") << "pieces of " << piece_size << ", room for " << room;
      EXPECT_TRUE(result.data == expected) << "pieces of " << piece_size << ", room for " << room;
    }
  }
}

TEST(GzipInflater, GivesAllThatASyncFlushMadeComplete) {
  const std::string text = log_text(20000, 5);
  const std::string stream = zlib_member(text, nullptr, 6, Z_SYNC_FLUSH);
  const size_t flushed = stream.find(std::string("\0\0\xff\xff", 4)) + 4;
  EXPECT_EQ(inflate_whole(stream.substr(0, flushed)).data, text.substr(0, text.size() / 2));
}

TEST(GzipInflater, SkipsEveryMixOfHeaderFields) {
  for (unsigned flags = 0; flags < 32; ++flags) {
    std::string member = member_of("data");
    std::string header = member.substr(0, 10);
    header[3] = static_cast<char>(flags);
    if ((flags & 4) != 0) header += std::string("\x05\0hello", 7);
    if ((flags & 8) != 0) header += std::string("name\0", 5);
    if ((flags & 16) != 0) header += std::string("\0", 1);
    if ((flags & 2) != 0) {
      const uLong crc =
          crc32(0, reinterpret_cast<const Bytef*>(header.data()), static_cast<uInt>(header.size()));
      header += {static_cast<char>(crc), static_cast<char>(crc >> 8)};
    }
    member.replace(0, 10, header);
    for (size_t piece_size : {size_t{1}, size_t{4}, member.size()}) {
      const Inflated result = inflate_pieces(member, piece_size, 100);
      EXPECT_EQ(result.data + result.error, "data") << "flags " << flags << ", pieces of " << piece_size;
    }
  }
}

TEST(GzipInflater, ReportsEveryTruncation) {
  const std::string stream = member_with_all_header_fields("first") + member_of(log_text(500, 6));
  const size_t second = member_with_all_header_fields("first").size();
  for (size_t size = 0; size < stream.size(); ++size) {
    if (size == second) continue;
    const size_t start = size < second ? 0 : second;
    EXPECT_EQ(inflate_whole(stream.substr(0, size)).error,
              "gzip data ends at compressed byte " + std::to_string(size) +
                  ", within the member that starts at byte " + std::to_string(start));
  }
  EXPECT_EQ(inflate_whole(stream.substr(0, second)).error, "");
}

TEST(GzipInflater, FindsEveryFlippedBitOfHeaderChecksumAndTrailer) {
  const std::string stream = member_with_all_header_fields(log_text(200, 7));
  const size_t header_size = 10 + 2 + 7 + 15 + 10 + 2;
  for (size_t byte = 0; byte < stream.size(); ++byte) {
    if (byte >= header_size && byte < stream.size() - 8) continue;
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = stream;
      damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
      EXPECT_NE(inflate_whole(damaged).error, "") << "byte " << byte << ", bit " << bit;
    }
  }
}

// But those that fill up the last byte, which mean nothing.
TEST(GzipInflater, FindsEveryFlippedBitOfTheData) {
  const std::string stream = zlib_member(log_text(300, 8));
  for (size_t bit = 10 * 8; bit < (stream.size() - 9) * 8; ++bit) {
    std::string damaged = stream;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(inflate_whole(damaged).error, "") << "bit " << bit;
  }
}

TEST(GzipInflater, DeliversOfBrokenDataOnlyWhatZlibFindsToo) {
  const std::string text = log_text(100000, 14);
  const std::string stream = zlib_member(text);
  std::mt19937 random(15);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = stream;
    const size_t at = 10 + random() % (stream.size() - 18);
    damaged[at] = static_cast<char>(random());
    int status = 0;
    const std::string expected = zlib_inflate(damaged, 4 << 20, &status);
    const Inflated result = inflate_whole(damaged);
    EXPECT_EQ(result.error.empty(), status == Z_STREAM_END) << "byte " << at;
    const std::string_view delivered(result.data);
    EXPECT_TRUE(delivered == std::string_view(expected).substr(0, delivered.size())) << "byte " << at;
    EXPECT_LE(expected.size() - delivered.size(), 512U) << "byte " << at;
  }
}

TEST(GzipInflater, NamesWhatIsWrong) {
  const std::string good = member_of("good");
  const auto with_byte = [&](size_t at, char byte) {
    std::string bytes = good;
    bytes[at] = byte;
    return bytes;
  };
  const std::string crc_flipped = with_byte(good.size() - 8, static_cast<char>(good[good.size() - 8] ^ 1));
  const std::string size = std::to_string(good.size());
  const struct {
    const char* name;
    std::string stream;
    std::string data;
    std::string error;
  } cases[] = {
      {"no gzip", "{}", "", "not gzip: no magic bytes at compressed byte 0"},
      {"nothing", "", "", "gzip data ends at compressed byte 0, within the member that starts at byte 0"},
      {"method", with_byte(2, 7), "",
       "gzip member at compressed byte 0: its compression method is not deflate"},
      {"flags", with_byte(3, 32), "",
       "gzip member at compressed byte 0: reserved flags are set in its header"},
      {"block type", with_byte(10, '\xff'), "",
       "gzip member at compressed byte 0: its deflate data is broken near compressed byte 11"},
      {"CRC", crc_flipped, "good", "gzip member at compressed byte 0: the CRC-32 of its data is wrong"},
      {"size", with_byte(good.size() - 1, 1), "good",
       "gzip member at compressed byte 0: the size of its data is wrong"},
      {"second member", good + crc_flipped, "goodgood",
       "gzip member at compressed byte " + size + ": the CRC-32 of its data is wrong"},
      {"garbage", good + "x", "good", "garbage after gzip member at compressed byte " + size},
      {"garbage that begins like gzip", good + "\x1fx", "good",
       "garbage after gzip member at compressed byte " + size},
      {"padding", good + std::string(5, '\0'), "good", ""},
      {"garbage after padding", good + std::string(5, '\0') + "x", "good",
       "garbage after gzip member at compressed byte " + std::to_string(good.size() + 5)},
      {"member after padding", good + std::string(1, '\0') + good, "good",
       "garbage after gzip member at compressed byte " + std::to_string(good.size() + 1)},
  };
  for (const auto& row : cases) {
    for (size_t piece_size : {1, 3, 1000}) {
      const Inflated result = inflate_pieces(row.stream, piece_size, 100);
      EXPECT_EQ(result.data, row.data) << row.name << ", pieces of " << piece_size;
      if (row.error.find("near") == std::string::npos) {
        EXPECT_EQ(result.error, row.error) << row.name << ", pieces of " << piece_size;
      } else {
        EXPECT_NE(result.error.find("broken near"), std::string::npos) << row.name;
      }
    }
  }
}

TEST(GzipInflater, RepeatsItsError) {
  GzipInflater inflater;
  char out[16];
  ASSERT_FALSE(inflater.inflate("{}", out, sizeof(out)));
  EXPECT_FALSE(inflater.inflate(member_of("x"), out, sizeof(out)));
  EXPECT_FALSE(inflater.finish());
}

TEST(GzipWriter, MakesMembersThatZlibInflates) {
  for (GzipLevel level : {GzipLevel::kFast, GzipLevel::kSmall}) {
    for (size_t size : {0, 1, 2, 7, 100, 65535, 65536, 1 << 20}) {
      const std::string text = log_text(size, 9);
      EXPECT_TRUE(zlib_inflate(member_of(text, level), size) == text) << size << " bytes of text";
      const std::string bytes = noise(size, 10);
      EXPECT_TRUE(zlib_inflate(member_of(bytes, level), size) == bytes) << size << " bytes of noise";
    }
  }
}

TEST(GzipWriter, NeverNeedsMoreThanItSays) {
  for (size_t size = 0; size < 300000; size = size * 2 + 1) {
    EXPECT_LE(member_of(noise(size, 11)).size(), gzip_size_max(size)) << size;
  }
}

TEST(GzipWriter, MakesTheSameMemberWhateverCameBefore) {
  GzipWriter writer;
  std::string out(gzip_size_max(200000), '\0');
  writer.compress(noise(200000, 12), out.data());
  EXPECT_TRUE(writer.compress(log_text(200000, 13), out.data()) == member_of(log_text(200000, 13)));
}

class GzipReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    from_ = UniqueFd(ends[0]);
    to_ = UniqueFd(ends[1]);
  }
  void send(std::string_view bytes) { ASSERT_TRUE(write_all(to_.get(), bytes, "pipe")); }
  void close_sender() { to_ = UniqueFd(); }

  UniqueFd from_;
  UniqueFd to_;
};

TEST_F(GzipReaderTest, GivesWhatIsThereWhileThePipeStaysOpen) {
  send(member_of("first\n"));
  GzipReader reader(from_.get(), "pipe");
  char out[100];
  const Result<size_t> size = reader.read_some(out, sizeof(out));
  ASSERT_TRUE(size);
  EXPECT_EQ(std::string_view(out, *size), "first\n");
  send(member_of("second\n"));
  EXPECT_EQ(*reader.read_some(out, sizeof(out)), 7U);
  close_sender();
  EXPECT_EQ(*reader.read_some(out, sizeof(out)), 0U);
  EXPECT_EQ(*reader.read_some(out, sizeof(out)), 0U);
}

TEST_F(GzipReaderTest, ReadsOnAfterTheHeadThatWasReadAlready) {
  const std::string member = member_of("data");
  send(member.substr(6));
  close_sender();
  GzipReader reader(from_.get(), "pipe", member.substr(0, 6));
  char out[100];
  EXPECT_EQ(*reader.read_some(out, sizeof(out)), 4U);
  EXPECT_EQ(*reader.read_some(out, sizeof(out)), 0U);
}

TEST_F(GzipReaderTest, DeliversWhatPrecedesAnErrorAndNamesTheFile) {
  send(member_of("data") + "garbage");
  close_sender();
  GzipReader reader(from_.get(), "log.gz");
  char out[100];
  EXPECT_EQ(*reader.read_some(out, sizeof(out)), 4U);
  const Result<size_t> after = reader.read_some(out, sizeof(out));
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().detail, "log.gz: garbage after gzip member at compressed byte " +
                                      std::to_string(member_of("data").size()));
}

TEST_F(GzipReaderTest, ReportsATruncatedFileEveryTime) {
  send(member_of("data").substr(0, 20));
  close_sender();
  GzipReader reader(from_.get(), "log.gz");
  char out[100];
  for (int i = 0; i < 3; ++i) {
    Result<size_t> size = reader.read_some(out, sizeof(out));
    while (size && *size > 0) size = reader.read_some(out, sizeof(out));
    ASSERT_FALSE(size);
    EXPECT_EQ(size.error().detail,
              "log.gz: gzip data ends at compressed byte 20, within the member that starts at byte 0");
  }
}

TEST_F(GzipReaderTest, InflatesABombAndEndlessEmptyMembersInPieces) {
  const std::string zeros(size_t{64} << 20, '\0');
  std::string stream = zlib_member(zeros, nullptr, 9);
  for (int i = 0; i < 10000; ++i) stream += member_of("");
  std::thread sender([&] {
    send(stream);
    close_sender();
  });
  GzipReader reader(from_.get(), "pipe");
  std::string out(1 << 16, 'x');
  size_t total = 0;
  for (;;) {
    const Result<size_t> size = reader.read_some(out.data(), out.size());
    ASSERT_TRUE(size);
    if (*size == 0) break;
    total += *size;
  }
  sender.join();
  EXPECT_EQ(total, zeros.size());
}

}  // namespace
}  // namespace querymark
