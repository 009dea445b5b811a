// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery_stream.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "codec/gzip.h"
#include "delivery/directory_store.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr const char* kUuid = "0b0c4f3e-7f1c-4c3a-9a55-3f8d3bb1c2aa";
const auto kSoon = [] { return Deadline::after(std::chrono::seconds(20)); };

// A store in memory that fails on demand: as many times as it is told, then no more.
class FailingStore final : public ObjectStore {
 public:
  class Writer final : public ObjectWriter {
   public:
    Writer(FailingStore& store, std::string key) : store_(store), key_(std::move(key)) {}
    Result<void> append(std::string_view bytes, Deadline) override {
      if (store_.append_failures-- > 0) return Error{Errc::kBusy, "append failed"};
      bytes_ += bytes;
      return {};
    }
    Result<void> commit(Deadline) override {
      if (store_.commit_failures-- > 0) return Error{Errc::kBusy, "commit failed"};
      const std::lock_guard<std::mutex> lock(store_.mutex);
      store_.objects[key_] = bytes_;
      return {};
    }

   private:
    FailingStore& store_;
    std::string key_;
    std::string bytes_;
  };

  Result<std::unique_ptr<ObjectWriter>> create(const std::string& key, Deadline) override {
    if (create_failures-- > 0) return Error{Errc::kBusy, "store down"};
    return std::unique_ptr<ObjectWriter>(std::make_unique<Writer>(*this, key));
  }
  std::string description() const override { return "memory"; }

  std::mutex mutex;
  std::map<std::string, std::string> objects;
  std::atomic<int> create_failures{0};
  std::atomic<int> append_failures{0};
  std::atomic<int> commit_failures{0};
};

class CountingObserver final : public DeliveryObserver {
 public:
  void delivered(const std::string&, uint64_t) override { ++deliveries; }
  void failed(const std::string&, const Error&) override { ++failures; }
  std::atomic<int> deliveries{0};
  std::atomic<int> failures{0};
};

std::string inflate(std::string_view bytes) {
  GzipInflater inflater;
  std::string text(size_t{32} << 20, '\0');
  const Result<GzipProgress> done = inflater.inflate(bytes, text.data(), text.size());
  EXPECT_TRUE(done && inflater.finish());
  text.resize(done->produced);
  return text;
}

class DeliveryStreamTest : public testing::Test {
 protected:
  DeliveryOptions options() const {
    return {.stream = "dns",
            .spool_folder = folder_.path() + "/spool",
            .prefix = *ObjectPrefix::parse("logs/!{timestamp:yyyy}/", ObjectPrefix::Kind::kRecords)};
  }
  std::unique_ptr<DeliveryStream> open() { return open(options()); }
  std::unique_ptr<DeliveryStream> open(const DeliveryOptions& options) {
    Result<std::unique_ptr<DeliveryStream>> stream = DeliveryStream::open(options, store_, observer_);
    EXPECT_TRUE(stream) << stream.error().detail;
    return *std::move(stream);
  }
  // What a crash leaves behind.
  void leave_part(const std::string& name, std::string_view content) const {
    fs::create_directories(folder_.path() + "/spool");
    const std::string path = folder_.path() + "/spool/" + name;
    ASSERT_TRUE(write_all(open_for_writing(path)->get(), content, path));
  }
  size_t parts_in_spool() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path() + "/spool"), {}));
  }
  // All objects' lines, in order of their names.
  std::string delivered() {
    const std::lock_guard<std::mutex> lock(store_.mutex);
    std::string text;
    for (const auto& [key, bytes] : store_.objects) text += inflate(bytes);
    return text;
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
  FailingStore store_;
  CountingObserver observer_;
};

TEST_F(DeliveryStreamTest, DeliversLinesAsAnObject) {
  const auto stream = open();
  ASSERT_TRUE(stream->append("a\nb\n", 2));
  ASSERT_TRUE(stream->append("c\n", 1));
  ASSERT_TRUE(stream->sync());
  ASSERT_TRUE(stream->finish(kSoon()));
  EXPECT_EQ(delivered(), "a\nb\nc\n");
  EXPECT_EQ(parts_in_spool(), 0U);
  const std::string key = store_.objects.begin()->first;
  EXPECT_TRUE(key.starts_with("logs/20") && key.ends_with(".gz")) << key;
  EXPECT_EQ(stream->status().spool_bytes, 0U);
  EXPECT_EQ(stream->status().objects, 1U);
  EXPECT_EQ(stream->status().lines, 3U);
  EXPECT_EQ(stream->status().lines_delivered, 3U);
}

TEST_F(DeliveryStreamTest, WhatIsDiscardedIsNotDelivered) {
  const auto stream = open();
  ASSERT_TRUE(stream->append("a\n", 1));
  ASSERT_TRUE(stream->sync());
  ASSERT_TRUE(stream->append("b\n", 1));
  EXPECT_EQ(stream->status().spool_bytes, 4U);
  stream->discard_unsynced();
  EXPECT_EQ(stream->status().spool_bytes, 2U);
  ASSERT_TRUE(stream->append("c\n", 1));
  ASSERT_TRUE(stream->sync());
  ASSERT_TRUE(stream->finish(kSoon()));
  EXPECT_EQ(delivered(), "a\nc\n");
  EXPECT_EQ(stream->status().lines, 2U);
}

TEST_F(DeliveryStreamTest, ClosesAnObjectAtItsSize) {
  DeliveryOptions small = options();
  small.object_size = 4;
  const auto stream = open(small);
  for (const char* lines : {"a\n", "b\n", "c\n"}) {
    ASSERT_TRUE(stream->append(lines, 1));
    ASSERT_TRUE(stream->sync());
    stream->rotate_if_due();
  }
  ASSERT_TRUE(stream->finish(kSoon()));
  EXPECT_EQ(store_.objects.size(), 2U);
}

TEST_F(DeliveryStreamTest, ClosesAnObjectAtItsAge) {
  DeliveryOptions quick = options();
  quick.object_interval = milliseconds(20);
  const auto stream = open(quick);
  EXPECT_FALSE(stream->due_at());
  ASSERT_TRUE(stream->append("a\n", 1));
  ASSERT_TRUE(stream->sync());
  ASSERT_TRUE(stream->due_at());
  std::this_thread::sleep_until(*stream->due_at());
  stream->rotate_if_due();
  EXPECT_FALSE(stream->due_at());
  for (int i = 0; i < 2000 && observer_.deliveries == 0; ++i) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(delivered(), "a\n");
}

TEST_F(DeliveryStreamTest, TriesAgainUntilTheStoreTakesIt) {
  store_.create_failures = 1;
  store_.append_failures = 1;
  store_.commit_failures = 1;
  const auto stream = open();
  ASSERT_TRUE(stream->append("a\n", 1));
  ASSERT_TRUE(stream->sync());
  ASSERT_TRUE(stream->finish(kSoon()));
  EXPECT_EQ(delivered(), "a\n");
  EXPECT_EQ(observer_.failures, 3);
  EXPECT_EQ(stream->status().failures, 3U);
  EXPECT_FALSE(stream->status().is_failing);
}

TEST_F(DeliveryStreamTest, AStoreThatIsDownKeepsTheSpoolWithinItsBound) {
  store_.create_failures = 1000;
  DeliveryOptions bounded = options();
  bounded.object_size = 1;
  bounded.spool_size_max = 10;
  const auto stream = open(bounded);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(stream->append("a\n", 1));
    ASSERT_TRUE(stream->sync());
    stream->rotate_if_due();
  }
  EXPECT_EQ(stream->append("a\n", 1).error().code, Errc::kLimit);
  EXPECT_EQ(stream->status().spool_bytes, 10U);
  EXPECT_FALSE(stream->finish(Deadline::after(milliseconds(50))));
  store_.create_failures = 0;
  ASSERT_TRUE(stream->finish(kSoon()));
  EXPECT_EQ(delivered(), "a\na\na\na\na\n");
}

TEST_F(DeliveryStreamTest, WhatIsNotDeliveredStaysForTheNextStart) {
  store_.create_failures = 1000;
  {
    const auto stream = open();
    ASSERT_TRUE(stream->append("a\n", 1));
    ASSERT_TRUE(stream->sync());
    EXPECT_FALSE(stream->finish(Deadline::after(milliseconds(20))));
  }
  EXPECT_EQ(parts_in_spool(), 1U);
  store_.create_failures = 0;
  ASSERT_TRUE(open()->finish(kSoon()));
  EXPECT_EQ(delivered(), "a\n");
}

TEST_F(DeliveryStreamTest, RecoversPartFilesUnderTheirOwnNames) {
  const std::string name = std::string("dns-1-2025-03-04-05-06-09-") + kUuid;
  leave_part(name + ".part", "a\nb\ntorn");
  leave_part(std::string("dns-1-2025-03-04-05-06-10-") + kUuid + ".part", "torn only");
  leave_part("notes.txt", "not ours");
  ASSERT_TRUE(open()->finish(kSoon()));
  ASSERT_EQ(store_.objects.size(), 1U);
  EXPECT_EQ(store_.objects.begin()->first, "logs/2025/" + name + ".gz");
  EXPECT_EQ(delivered(), "a\nb\n");
  EXPECT_EQ(parts_in_spool(), 1U);
}

TEST_F(DeliveryStreamTest, LinesAreAccountedForOverARestart) {
  store_.create_failures = 1000;
  leave_part(std::string("dns-1-2025-03-04-05-06-09-") + kUuid + ".part", "a\nb\n");
  const auto stream = open();
  ASSERT_TRUE(stream->append("c\n", 1));
  ASSERT_TRUE(stream->sync());
  const DeliveryStatus before = stream->status();
  EXPECT_EQ(before.lines_recovered, 2U);
  EXPECT_EQ(before.lines + before.lines_recovered, before.lines_delivered + before.lines_waiting);
  store_.create_failures = 0;
  ASSERT_TRUE(stream->finish(kSoon()));
  EXPECT_EQ(stream->status().lines_delivered, 3U);
  EXPECT_EQ(stream->status().lines_waiting, 0U);
}

TEST_F(DeliveryStreamTest, MembersHoldWholeLines) {
  const std::string line(999, 'x');
  std::string text;
  for (int i = 0; i < 5000; ++i) text += line + "\n";
  const auto stream = open();
  ASSERT_TRUE(stream->append(text, 5000));
  ASSERT_TRUE(stream->sync());
  ASSERT_TRUE(stream->finish(kSoon()));
  EXPECT_TRUE(delivered() == text);
  EXPECT_EQ(stream->status().bytes, text.size());
}

TEST_F(DeliveryStreamTest, ASpoolThatCannotBeMadeIsAnError) {
  leave_part("file", "x");
  DeliveryOptions wrong = options();
  wrong.spool_folder += "/file/below";
  EXPECT_FALSE(DeliveryStream::open(wrong, store_, observer_));
}

TEST_F(DeliveryStreamTest, DeliversIntoAFolder) {
  const std::unique_ptr<ObjectStore> store = make_directory_store(folder_.path() + "/store");
  Result<std::unique_ptr<DeliveryStream>> stream = DeliveryStream::open(options(), *store, observer_);
  ASSERT_TRUE((*stream)->append("a\n", 1));
  ASSERT_TRUE((*stream)->sync());
  ASSERT_TRUE((*stream)->finish(kSoon()));
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path() + "/store")) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(inflate(*read_file(files[0], 1000)), "a\n");
}

TEST(DirectoryStore, TakesAwayWhatAKilledWriterLeft) {
  const TemporaryFolder folder = *TemporaryFolder::create();
  fs::create_directories(folder.path() + "/a");
  const std::string left = folder.path() + "/a/b.gz.tmp.1";
  ASSERT_TRUE(write_all(open_for_writing(left)->get(), "half", left));
  const std::unique_ptr<ObjectStore> store = make_directory_store(folder.path());
  Result<std::unique_ptr<ObjectWriter>> object = store->create("a/b.gz", kSoon());
  ASSERT_TRUE(object);
  EXPECT_FALSE(fs::exists(left));
  ASSERT_TRUE((*object)->append("whole", kSoon()));
  EXPECT_FALSE(fs::exists(folder.path() + "/a/b.gz"));
  ASSERT_TRUE((*object)->commit(kSoon()));
  EXPECT_EQ(*read_file(folder.path() + "/a/b.gz", 10), "whole");
}

TEST(DirectoryStore, AWriterThatIsDroppedLeavesNothing) {
  const TemporaryFolder folder = *TemporaryFolder::create();
  {
    const std::unique_ptr<ObjectStore> store = make_directory_store(folder.path());
    Result<std::unique_ptr<ObjectWriter>> object = store->create("b.gz", kSoon());
    ASSERT_TRUE((*object)->append("half", kSoon()));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace querymark
