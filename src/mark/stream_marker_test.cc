// SPDX-License-Identifier: Apache-2.0
#include "mark/stream_marker.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <thread>

#include "base/file.h"
#include "codec/gzip.h"
#include "mark/chunk_reader.h"
#include "mark/test_lookup.h"

namespace querymark {
namespace {

std::string record(std::string_view name) {
  return R"({"version":"1.100000","query_name":")" + std::string(name) + R"(","answers":[]})";
}

std::string marked_record(std::string_view name, std::string_view verdict) {
  std::string text = record(name);
  text.pop_back();
  return text + R"(,"isMatchedDomain":")" + std::string(verdict) + "\"}\n";
}

// Writes down what it is told, one line each.
class Log final : public MarkObserver {
 public:
  Result<void> rejected(const InputPlace& place, const RejectedRecord& record) override {
    text += "rejected " + std::filesystem::path(place.path).filename().string() + ":" +
            std::to_string(place.line) + " byte " + std::to_string(place.byte) + "\n";
    kept += record.bytes + (record.is_cut ? "" : "\n");
    return {};
  }
  Result<void> rejected_more(std::string_view bytes, bool is_cut) override {
    kept.append(bytes).append(is_cut ? "" : "\n");
    return {};
  }
  Result<void> matched(std::string_view record, const MatchedRecord& match) override {
    text += "matched " + match.entry + "\n";
    last_match = record;
    return {};
  }
  void damaged(std::string_view path, const Error& error) override {
    text += "damaged " + std::filesystem::path(path).filename().string() + "\n";
    damage = error.detail;
  }
  void progress(uint64_t, const MarkCounts&) override {
    if (on_progress) on_progress();
  }

  std::string text;
  std::string kept;
  std::string last_match;
  std::string damage;
  std::function<void()> on_progress;
};

class StreamMarkerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("stream_marker_test." + std::to_string(::getpid()));
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }

  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  static std::string read(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  Result<StreamTotals> mark(const std::vector<std::string>& paths, const StreamMarkerOptions& options = {}) {
    log_ = Log();
    log_.on_progress = on_progress_;
    const Result<UniqueFd> out = open_for_writing(path("out"));
    return mark_streams(
        paths, out->get(), path("out"), SuffixTable::built_in(),
        [] { return std::make_unique<TestLookup>(evil_lookup()); }, options, log_);
  }

  std::string marked(const std::vector<std::string>& paths, const StreamMarkerOptions& options = {}) {
    const Result<StreamTotals> totals = mark(paths, options);
    if (!totals) return "error: " + totals.error().detail;
    const MarkCounts& counts = totals->counts;
    EXPECT_EQ(counts.records, counts.matched + counts.unmatched + counts.rejected + counts.control);
    return read(path("out"));
  }

  static std::string compress(std::string_view text) {
    std::string out(gzip_size_max(text.size()), '\0');
    GzipWriter writer;
    return std::string(writer.compress(text, out.data()));
  }

  static std::string inflate(const std::string& file) {
    const Result<UniqueFd> fd = open_for_reading(file);
    GzipReader reader(fd->get(), file);
    std::string text;
    std::string piece(1 << 16, '\0');
    for (;;) {
      const Result<size_t> size = reader.read_some(piece.data(), piece.size());
      if (!size) return "error: " + size.error().detail;
      if (*size == 0) return text;
      text.append(piece, 0, *size);
    }
  }

  std::filesystem::path folder_;
  std::function<void()> on_progress_;
  Log log_;
};

struct Records {
  std::string input;
  std::string expected;
};

// About 3 MB: pieces of all sizes, on several threads.
Records many_records(bool pretty = false) {
  Records records;
  std::mt19937 random(5);
  for (int i = 0; i < 40000; ++i) {
    const std::string name =
        "host" + std::to_string(random() % 100000) + (i % 7 == 0 ? ".evil.com." : ".net.");
    const std::string verdict = i % 7 == 0 ? "Y" : "N";
    if (pretty) {
      // A line of its own begins with a brace inside the record too.
      records.input += "{\n\"query_name\": \"" + name + "\",\n\"srcids\":\n{\n}\n}\n";
      records.expected.append("{\"query_name\": \"")
          .append(name)
          .append("\",\"srcids\":{},\"isMatchedDomain\":\"");
      records.expected.append(verdict).append("\"}\n");
    } else {
      records.input += record(name) + "\n";
      records.expected += marked_record(name, verdict);
    }
  }
  return records;
}

TEST_F(StreamMarkerTest, EveryNumberOfThreadsGivesTheSameOutput) {
  const Records records = many_records();
  const std::string file = write("log", records.input);
  for (const unsigned threads : {1U, 2U, 3U, 8U})
    EXPECT_TRUE(marked({file}, {.threads = threads}) == records.expected);
}

TEST_F(StreamMarkerTest, PiecesThatEndInsideARecordAreMarkedAnew) {
  const Records records = many_records(true);
  const std::string file = write("log", records.input);
  for (const unsigned threads : {1U, 4U})
    EXPECT_TRUE(marked({file}, {.threads = threads}) == records.expected);
}

TEST_F(StreamMarkerTest, OneLineOfManyRecordsIsMarked) {
  Records records = many_records();
  std::erase(records.input, '\n');
  EXPECT_TRUE(marked({write("log", records.input)}, {.threads = 2}) == records.expected);
}

TEST_F(StreamMarkerTest, GzipInAndOut) {
  const Records records = many_records();
  const std::string_view text = records.input;
  const std::string file =
      write("log.gz", compress(text.substr(0, 1000000)) + compress(text.substr(1000000)));
  EXPECT_TRUE(marked({file}) == records.expected);
  for (const unsigned threads : {1U, 3U}) {
    const Result<StreamTotals> totals = mark({file}, {.threads = threads, .gzip_output = true});
    ASSERT_TRUE(totals);
    EXPECT_TRUE(inflate(path("out")) == records.expected);
    EXPECT_EQ(totals->bytes_in, std::filesystem::file_size(file));
    EXPECT_EQ(totals->bytes_out, std::filesystem::file_size(path("out")));
  }
}

TEST_F(StreamMarkerTest, NothingInNothingOut) {
  EXPECT_EQ(marked({write("empty", "")}), "");
  EXPECT_EQ(marked({write("blank", "\n \r\n")}), "");
  ASSERT_TRUE(mark({path("empty")}, {.gzip_output = true}));
  EXPECT_EQ(inflate(path("out")), "");
}

TEST_F(StreamMarkerTest, FilesFollowEachOtherAndRecordsDoNotRunOn) {
  const std::string first = write("a", record("evil.com.") + "\n{\"query_name\":");
  const std::string second = write("b", "\"evil.com.\"}\n" + record("b.com."));
  EXPECT_EQ(marked({first, second}, {.threads = 2}),
            marked_record("evil.com.", "Y") + marked_record("b.com.", "N"));
  EXPECT_EQ(log_.kept, "{\"query_name\":\n\"evil.com.\"}\n");
}

TEST_F(StreamMarkerTest, RejectsAreToldByLineAndByte) {
  std::string input = "\n" + record("a.com.") + "\n\nno record\n";
  for (int i = 0; i < 20000; ++i) input += record("a.com.") + "\n";
  const size_t at = input.size();
  input += "{\"query_name\":7}\n" + record("a.com.");
  for (const unsigned threads : {1U, 4U}) {
    const std::string file = write("log", input);
    ASSERT_TRUE(mark({file, file}, {.threads = threads}));
    const std::string told = "rejected log:4 byte 61\nrejected log:20005 byte ";
    EXPECT_TRUE(log_.text.starts_with(told)) << log_.text;
    const uint64_t byte = std::stoull(log_.text.substr(told.size()));
    EXPECT_TRUE(byte > at && byte <= at + 17) << log_.text;
    EXPECT_EQ(log_.kept, "no record\n{\"query_name\":7}\nno record\n{\"query_name\":7}\n");
  }
}

TEST_F(StreamMarkerTest, ARecordOfTheLargestSizeIsMarkedAndALargerOneRejectedWhole) {
  const std::string fixed = R"({"pad":"","query_name":"evil.com."})";
  const std::string largest =
      "{\"pad\":\"" + std::string(kRecordSizeMax - fixed.size(), 'x') + "\",\"query_name\":\"evil.com.\"}";
  ASSERT_EQ(largest.size(), kRecordSizeMax);
  std::string larger = largest;
  larger.insert(8, 3 * ChunkReader::kChunkSizeMax, 'y');
  const std::string file =
      write("log", record("a.com.") + "\n" + larger + "\n" + largest + "\n" + record("b.com."));
  for (const unsigned threads : {1U, 2U}) {
    const Result<StreamTotals> totals = mark({file}, {.threads = threads});
    ASSERT_TRUE(totals);
    EXPECT_EQ(totals->counts.rejected, 1);
    EXPECT_EQ(totals->counts.matched, 1);
    EXPECT_EQ(totals->counts.unmatched, 2);
    EXPECT_TRUE(log_.kept == larger + "\n");
  }
}

TEST_F(StreamMarkerTest, DamagedGzipEndsItsFileAlone) {
  const std::string whole = compress(record("evil.com.") + "\n");
  const std::string cut = write("cut.gz", whole + whole.substr(0, whole.size() - 9));
  const std::string garbage = write("garbage.gz", whole + "no gzip");
  const std::string out = marked({cut, garbage, write("good", record("b.com."))});
  EXPECT_TRUE(out.ends_with(marked_record("evil.com.", "Y") + marked_record("b.com.", "N"))) << out;
  EXPECT_NE(log_.text.find("damaged cut.gz\n"), std::string::npos);
  EXPECT_NE(log_.text.find("damaged garbage.gz\n"), std::string::npos);
}

// A log that is rotated by copying it and cutting it short.
TEST_F(StreamMarkerTest, AFileThatIsCutShortMeanwhileEndsThereAndIsToldOf) {
  const Records records = many_records();
  for (const unsigned threads : {1U, 4U}) {
    const std::string file = write("log", records.input);
    on_progress_ = [&] { std::filesystem::resize_file(file, 1000000); };
    const std::string out = marked({file, write("next", record("b.com."))}, {.threads = threads});
    const std::string last = marked_record("b.com.", "N");
    ASSERT_TRUE(out.ends_with(last));
    EXPECT_TRUE(records.expected.starts_with(out.substr(0, out.size() - last.size())));
    EXPECT_GT(out.size(), 1000000U);
    EXPECT_EQ(log_.damage, file + ": was cut to 1000000 bytes while it was read");
  }
}

TEST_F(StreamMarkerTest, EscapesAndMembersOfOursAreMarkedAlikeInFilesAndPipes) {
  std::string input;
  for (int i = 0; i < 5000; ++i) {
    input += record("\\\\052.evil.com.") + "\n" + marked_record("evil.com.", "N") + "no record\n" +
             "{ \"query_name\" : \"a.com.\" }\n{\"message\":" + record("evil.com.") + "}\n";
  }
  const std::string file = write("log", input);
  const std::string from_file = marked({file});
  const std::string told = log_.text;
  const std::string small = write("small", input.substr(0, input.size() / 5000));
  const std::string one = marked({small});  // too small to be shown
  std::string expected;
  for (int i = 0; i < 5000; ++i) expected += one;
  EXPECT_TRUE(from_file == expected);
  EXPECT_TRUE(told.starts_with("rejected log:3 byte ")) << told.substr(0, 200);
  EXPECT_NE(told.find("\nrejected log:24998 byte "), std::string::npos);
}

TEST_F(StreamMarkerTest, AFileThatIsNotThereIsAnErrorAfterWhatCameBefore) {
  const std::string first = write("a", record("evil.com."));
  EXPECT_TRUE(marked({first, path("missing")}, {.threads = 2}).find("missing") != std::string::npos);
  EXPECT_EQ(read(path("out")), marked_record("evil.com.", "Y"));
}

TEST_F(StreamMarkerTest, MatchesAreToldInOrder) {
  const std::string file = write("log", record("x.evil.com.") + record("b.com.") + record("evil.co.uk."));
  ASSERT_TRUE(mark({file}, {.mark = {.collect_matches = true}}));
  EXPECT_EQ(log_.text, "matched evil.com\nmatched evil.co.uk\n");
  EXPECT_EQ(log_.last_match + "\n", marked_record("evil.co.uk.", "Y"));
}

TEST_F(StreamMarkerTest, AFullDiskIsAnError) {
  const std::string file = write("log", many_records().input);
  const Result<UniqueFd> full = open_for_writing("/dev/full");
  for (const unsigned threads : {1U, 4U}) {
    const Result<StreamTotals> totals = mark_streams(
        {file}, full->get(), "/dev/full", SuffixTable::built_in(),
        [] { return std::make_unique<TestLookup>(evil_lookup()); }, {.threads = threads}, log_);
    ASSERT_FALSE(totals);
    EXPECT_EQ(totals.error().code, Errc::kIo);
    EXPECT_NE(totals.error().detail.find("/dev/full"), std::string::npos);
  }
}

TEST_F(StreamMarkerTest, AReaderThatGoesIsToldApart) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const UniqueFd out(ends[1]);
  const Result<StreamTotals> totals = mark_streams(
      {write("log", many_records().input)}, out.get(), "pipe", SuffixTable::built_in(),
      [] { return std::make_unique<TestLookup>(evil_lookup()); }, {.threads = 2}, log_);
  ASSERT_FALSE(totals);
  EXPECT_EQ(totals.error().code, Errc::kClosed);
}

TEST_F(StreamMarkerTest, APipesRecordsAreGivenOnAsTheyCome) {
  int in[2];
  int out[2];
  ASSERT_EQ(::pipe(in), 0);
  ASSERT_EQ(::pipe(out), 0);
  std::thread marking([&] {
    const std::string path = "/dev/fd/" + std::to_string(in[0]);
    EXPECT_TRUE(mark_streams(
        {path}, out[1], "pipe", SuffixTable::built_in(),
        [] { return std::make_unique<TestLookup>(evil_lookup()); }, {.threads = 2}, log_));
  });
  for (int i = 0; i < 3; ++i) {
    const std::string line = record("evil.com.") + "\n";
    ASSERT_TRUE(write_all(in[1], line, "pipe"));
    const std::string expected = marked_record("evil.com.", "Y");
    std::string got(expected.size(), '\0');
    size_t size = 0;
    while (size < got.size()) size += *read_some(out[0], got.data() + size, got.size() - size, "pipe");
    EXPECT_EQ(got, expected);
  }
  ::close(in[1]);
  marking.join();
  for (const int fd : {in[0], out[0], out[1]}) ::close(fd);
}

}  // namespace
}  // namespace querymark
