// SPDX-License-Identifier: Apache-2.0
#include "alert/outbox.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/temporary_folder.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;
using Strings = std::vector<std::string>;

SystemTime at(int64_t ms) {
  return SystemTime(milliseconds(ms));
}

Match match(const std::string& record) {
  return {record, "evil.com", {"ads"}};
}

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() : folder_(*TemporaryFolder::create()), path_(folder_.path() + "/outbox.db") {}

  void open(const Strings& sinks = {"file:a"}, uint64_t size_max = kOutboxSizeMax) {
    outbox_.reset();
    Result<std::unique_ptr<Outbox>> opened = Outbox::open(path_, sinks, size_max);
    ASSERT_TRUE(opened) << opened.error().detail;
    outbox_ = *std::move(opened);
  }
  // "ok", or the error's text.
  std::string put(const Strings& records, int64_t ms = 1) {
    std::vector<Match> matches;
    for (const std::string& record : records) matches.push_back(match(record));
    const Result<void> done = outbox_->put(matches, at(ms));
    return done ? "ok" : done.error().detail;
  }
  // "number:record" of all that waits for a sink.
  Strings waiting(size_t sink = 0) {
    Strings texts;
    const Result<std::vector<Outbox::Waiting>> rows = outbox_->read(outbox_->delivered(sink), 1000);
    if (!rows) return {rows.error().detail};
    for (const Outbox::Waiting& row : *rows) texts.push_back(std::to_string(row.id) + ":" + row.match.record);
    return texts;
  }
  void deliver(size_t sink, int64_t id) {
    const Result<void> marked = outbox_->mark_delivered(sink, id);
    ASSERT_TRUE(marked) << marked.error().detail;
  }
  int64_t rows(const std::string& table) {
    const Result<SqliteDatabase> file = SqliteDatabase::open(path_, SqliteDatabase::Mode::kRead);
    return *file->integer("SELECT count(*) FROM " + table);
  }

  TemporaryFolder folder_;
  std::string path_;
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, MatchesComeOutInTheirOrderAsTheyWentIn) {
  open();
  const Match odd = {std::string("{\"a\":\"\xff\0\"}", 10), "evil.com", {"ads", "spam \"2\"\n", ""}};
  ASSERT_TRUE(outbox_->put(std::vector{odd, match("b")}, at(1234)));
  EXPECT_EQ(put({"c"}), "ok");
  const Result<std::vector<Outbox::Waiting>> rows = outbox_->read(0, 2);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->at(0).match.record, odd.record);
  EXPECT_EQ(rows->at(0).match.entry, odd.entry);
  EXPECT_EQ(rows->at(0).match.lists, odd.lists);
  EXPECT_EQ(rows->at(0).added, at(1234));
  EXPECT_EQ(rows->at(1).id, 2);
  EXPECT_EQ(waiting(), (Strings{"1:" + odd.record, "2:b", "3:c"}));
}

TEST_F(OutboxTest, WhatIsDeliveredIsGoneAndNumbersAreNotUsedAgain) {
  open();
  put({"a", "b"});
  deliver(0, 2);
  EXPECT_EQ(rows("matches"), 0);
  EXPECT_EQ(outbox_->size(), 0U);
  open();
  put({"c"});
  EXPECT_EQ(waiting(), Strings{"3:c"});
}

TEST_F(OutboxTest, EachSinkGoesItsOwnWay) {
  open({"file:a", "file:b"});
  put({"a", "b", "c"});
  deliver(0, 3);
  deliver(1, 1);
  EXPECT_EQ(rows("matches"), 2);
  EXPECT_EQ(waiting(0), Strings{});
  EXPECT_EQ(waiting(1), (Strings{"2:b", "3:c"}));
  open({"file:b", "file:a"});
  EXPECT_EQ(waiting(0), (Strings{"2:b", "3:c"}));
  EXPECT_EQ(waiting(1), Strings{});
}

TEST_F(OutboxTest, NewSinkTakesWhatWaitedForOneThatIsGone) {
  open({"file:a", "file:b"});
  put({"a", "b"});
  deliver(0, 2);
  deliver(1, 1);
  open({"file:a", "file:c"});
  EXPECT_EQ(waiting(0), Strings{});
  EXPECT_EQ(waiting(1), Strings{"2:b"});
}

TEST_F(OutboxTest, NewSinkBesideOthersBeginsWithWhatComesNow) {
  open();
  put({"a"});
  open({"file:a", "file:b"});
  put({"b"});
  EXPECT_EQ(waiting(0), (Strings{"1:a", "2:b"}));
  EXPECT_EQ(waiting(1), Strings{"2:b"});
}

TEST_F(OutboxTest, WhatIsFullTakesNothingUntilSomethingIsDelivered) {
  open({"file:a"}, 10);
  EXPECT_EQ(put({"12345", "67890"}), "ok");
  EXPECT_NE(put({"x"}).find("10 bytes of matches wait"), std::string::npos);
  const Result<void> refused = outbox_->put(std::vector{match("x")}, at(1));
  EXPECT_EQ(refused.error().code, Errc::kLimit);
  EXPECT_EQ(outbox_->last(), 2);
  deliver(0, 1);
  EXPECT_EQ(put({"12345"}), "ok");
  EXPECT_EQ(waiting(), (Strings{"2:67890", "3:12345"}));
  open({"file:a"}, 10);
  EXPECT_EQ(outbox_->size(), 10U);
  EXPECT_NE(put({"x"}), "ok");
}

TEST_F(OutboxTest, ABatchIsPutWholeOrNotAtAll) {
  open({"file:a"}, 5);
  EXPECT_NE(put({"123", "456"}), "ok");
  EXPECT_EQ(waiting(), Strings{});
  EXPECT_EQ(put({"12345"}), "ok");
}

TEST_F(OutboxTest, OldestIsOfTheMatchThatWaitsLongest) {
  open();
  EXPECT_EQ(*outbox_->oldest(0, at(99)), at(99));
  put({"a"}, 10);
  put({"b"}, 20);
  EXPECT_EQ(*outbox_->oldest(0, at(99)), at(10));
  deliver(0, 1);
  EXPECT_EQ(*outbox_->oldest(0, at(99)), at(20));
}

TEST_F(OutboxTest, ReadsAreBoundedButGiveAtLeastOneMatch) {
  open();
  put({std::string(Outbox::kReadSizeMax + 1, 'x'), std::string(Outbox::kReadSizeMax, 'y'), "z"});
  EXPECT_EQ(outbox_->read(0, 10)->size(), 1U);
  EXPECT_EQ(outbox_->read(1, 10)->size(), 1U);
  EXPECT_EQ(outbox_->read(2, 10)->size(), 1U);
}

TEST_F(OutboxTest, OfWhatIsRefusedTheNewestAreKept) {
  open();
  const Notification notification{.text = "{}"};
  ASSERT_TRUE(outbox_->keep_refused(0, notification, "too large", at(5)));
  EXPECT_EQ(rows("refused WHERE sink = 'file:a' AND reason = 'too large' AND notification = '{}'"), 1);
  for (int64_t i = 0; i < Outbox::kRefusedMax; ++i)
    ASSERT_TRUE(outbox_->keep_refused(0, notification, "again", at(6)));
  EXPECT_EQ(rows("refused"), Outbox::kRefusedMax);
  EXPECT_EQ(rows("refused WHERE reason = 'too large'"), 0);
}

TEST_F(OutboxTest, FilesOfOtherKindsAreRefused) {
  std::ofstream(path_) << "not a database, and longer than the hundred bytes of a header: "
                       << std::string(99, 'x');
  EXPECT_EQ(Outbox::open(path_, {}, 1).error().code, Errc::kCorrupt);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  {
    const Result<SqliteDatabase> other = SqliteDatabase::open(path_, SqliteDatabase::Mode::kReadWriteCreate);
    ASSERT_TRUE(other->execute("CREATE TABLE t(x)"));
  }
  EXPECT_EQ(Outbox::open(path_, {}, 1).error().code, Errc::kInvalid);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  open();
  outbox_.reset();
  {
    const Result<SqliteDatabase> newer = SqliteDatabase::open(path_, SqliteDatabase::Mode::kReadWrite);
    ASSERT_TRUE(newer->execute("PRAGMA user_version = 99"));
  }
  EXPECT_EQ(Outbox::open(path_, {}, 1).error().code, Errc::kUnsupported);
}

TEST_F(OutboxTest, FileIsPrivateAndItsInstanceIsItsOwn) {
  open();
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const std::string instance = outbox_->instance();
  EXPECT_EQ(instance.size(), 16U);
  open();
  EXPECT_EQ(outbox_->instance(), instance);
  path_ += "2";
  open();
  EXPECT_NE(outbox_->instance(), instance);
}

TEST_F(OutboxTest, WaitEndsWithAPutAWakeOrTheDeadline) {
  open();
  outbox_->wait(Deadline::after(milliseconds(1)), [] { return false; });
  std::thread putter([this] { put({"a"}); });
  outbox_->wait(Deadline::never(), [this] { return outbox_->last() == 1; });
  putter.join();
  std::atomic<bool> stopping = false;
  std::thread stopper([&] {
    stopping = true;
    outbox_->wake();
  });
  outbox_->wait(Deadline::never(), [&] { return stopping.load(); });
  stopper.join();
}

TEST_F(OutboxTest, PutsAndDeliveriesOfManyThreadsLoseNothing) {
  constexpr int64_t kMatches = 400;
  open({"file:a", "file:b"});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int writer = 0; writer < 2; ++writer) {
    threads.emplace_back([this] {
      for (int i = 0; i < kMatches / 4; ++i) EXPECT_EQ(put({"x", "y"}), "ok");
    });
  }
  for (size_t sink = 0; sink < 2; ++sink) {
    threads.emplace_back([this, sink] {
      int64_t seen = 0;
      while (seen < kMatches) {
        outbox_->wait(Deadline::never(), [&] { return outbox_->last() > seen; });
        const Result<std::vector<Outbox::Waiting>> rows = outbox_->read(seen, 7);
        ASSERT_TRUE(rows) << rows.error().detail;
        for (const Outbox::Waiting& row : *rows) ASSERT_EQ(row.id, ++seen);
        ASSERT_TRUE(outbox_->mark_delivered(sink, seen));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rows("matches"), 0);
  EXPECT_EQ(outbox_->size(), 0U);
}

// A child puts batches of two and says so on a pipe after each, until it is killed.
[[noreturn]] void put_until_killed(const std::string& path, int said) {
  Result<std::unique_ptr<Outbox>> outbox = Outbox::open(path, {"file:a"}, kOutboxSizeMax);
  if (!outbox) ::_exit(1);
  for (char batch = 0;; ++batch) {
    const std::string record = std::to_string((*outbox)->last() / 2);
    if (!(*outbox)->put(std::vector{match(record), match(record)}, at(1))) ::_exit(2);
    if (::write(said, &batch, 1) != 1) ::_exit(3);
    // As a sink would, now and then.
    if (batch % 4 == 3 && !(*outbox)->mark_delivered(0, (*outbox)->last() - 4)) ::_exit(4);
  }
}

TEST_F(OutboxTest, WhatWasPutIsThereAfterTheProcessIsKilledAtAnyMoment) {
  int64_t acknowledged = 0;
  for (int round = 0; round < 15; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      put_until_killed(path_, ends[1]);
    }
    ::close(ends[1]);
    std::this_thread::sleep_for(milliseconds(20 + round * 7));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    char buffer[256];
    for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;) acknowledged += 2 * size;
    ::close(ends[0]);

    open();
    // One batch may have been put and not acknowledged; none is there in part.
    ASSERT_GE(outbox_->last(), acknowledged);
    ASSERT_LE(outbox_->last(), acknowledged + 2);
    ASSERT_EQ(outbox_->last() % 2, 0);
    acknowledged = outbox_->last();
    int64_t number = outbox_->delivered(0);
    for (const std::string& row : waiting()) {
      ++number;
      ASSERT_EQ(row, std::to_string(number) + ":" + std::to_string((number - 1) / 2));
    }
    ASSERT_EQ(number, std::min(outbox_->last(), outbox_->delivered(0) + 1000));
    outbox_.reset();
  }
  EXPECT_GT(acknowledged, 0);
}

}  // namespace
}  // namespace querymark
