// SPDX-License-Identifier: Apache-2.0
#include "alert/alert_sender.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include "alert/alert_fixture.h"
#include "alert/file_sink.h"
#include "base/file.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;

constexpr AlertPauses kShortPauses = {milliseconds(1), milliseconds(4), milliseconds(2000)};

// What a sink was sent and how it fares, seen by the test while the sender's thread uses it.
struct SinkLog {
  std::mutex mutex;
  Strings delivered;                                             // as describe() has it
  std::function<std::optional<Error>(const std::string&)> fail;  // asked for each notification
  milliseconds retry_after{0};
  int sends = 0;

  Strings all() {
    const std::lock_guard<std::mutex> lock(mutex);
    return delivered;
  }
};

class LoggingSink final : public AlertSink {
 public:
  LoggingSink(const std::string& name, size_t batch_max, SinkLog& log)
      : AlertSink(name, batch_max), log_(log) {}

  AlertOutcome send(std::span<const Notification> notifications, Deadline) override {
    const std::lock_guard<std::mutex> lock(log_.mutex);
    ++log_.sends;
    AlertOutcome outcome;
    outcome.retry_after = log_.retry_after;
    EXPECT_LE(notifications.size(), batch_max());
    for (size_t i = 0; i < notifications.size(); ++i) {
      const std::string text = describe(notifications[i]);
      std::optional<Error> error;
      if (log_.fail) error = log_.fail(text);
      if (error) {
        outcome.failures.push_back({i, *error});
      } else {
        log_.delivered.push_back(text);
      }
    }
    return outcome;
  }

 private:
  SinkLog& log_;
};

class AlertSenderTest : public AlertFixture {
 protected:
  void start(size_t batch_max = 1, const AlertPolicy& policy = {}, const AlertPauses& pauses = kShortPauses) {
    sender_.reset();
    open_outbox({"test:a", "test:b"});
    std::vector<AlertSender::Sink> sinks;
    sinks.push_back({std::make_unique<LoggingSink>("test:a", batch_max, a_), policy});
    sinks.push_back({std::make_unique<LoggingSink>("test:b", batch_max, b_), policy});
    sender_ = std::make_unique<AlertSender>(*outbox_, SuffixTable::built_in(), std::move(sinks), pauses);
  }
  AlertStatus status(size_t sink = 0) { return sender_->status(at_second(0))[sink]; }
  // False where it does not come true within ten seconds.
  static bool soon(const std::function<bool()>& condition) {
    for (const Deadline end = Deadline::after(std::chrono::seconds(10)); !end.passed();) {
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return false;
  }
  bool all_delivered() {
    return soon([this] { return status(0).waiting == 0 && status(1).waiting == 0; });
  }
  Strings numbers(int64_t first, int64_t last) {
    Strings texts;
    for (int64_t number = first; number <= last; ++number) texts.push_back(std::to_string(number));
    return texts;
  }

  SinkLog a_;
  SinkLog b_;
  std::unique_ptr<AlertSender> sender_;
};

TEST_F(AlertSenderTest, MatchesReachEverySinkInOrderAndLeaveTheOutbox) {
  start(10);
  put(3);
  put(250);
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(a_.all(), numbers(1, 253));
  EXPECT_EQ(b_.all(), numbers(1, 253));
  EXPECT_EQ(outbox_->size(), 0U);
  EXPECT_EQ(status().delivered, 253U);
  EXPECT_EQ(status().notifications, 253U);
  EXPECT_EQ(status().failed_attempts, 0U);
  EXPECT_EQ(status().last_error, "");
}

TEST_F(AlertSenderTest, DeadSinkHoldsUpNoOtherAndIsSeen) {
  a_.fail = [](const std::string&) { return Error{Errc::kBusy, "nobody there"}; };
  start();
  put(20, -30);
  ASSERT_TRUE(soon([this] { return status(1).waiting == 0; }));
  ASSERT_TRUE(soon([this] { return status(0).failed_attempts > 5; }));
  EXPECT_EQ(status(0).waiting, 20U);
  EXPECT_EQ(status(0).oldest_age, std::chrono::seconds(30));
  EXPECT_EQ(status(0).last_error, "nobody there");
  EXPECT_EQ(status(1).oldest_age, milliseconds(0));
  EXPECT_EQ(b_.all(), numbers(1, 20));
  {
    const std::lock_guard<std::mutex> lock(a_.mutex);
    a_.fail = nullptr;
  }
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(a_.all(), numbers(1, 20));
  EXPECT_EQ(status(0).last_error, "");
}

TEST_F(AlertSenderTest, OfABatchOnlyWhatFailedIsSentAgain) {
  bool is_first = true;
  a_.fail = [&is_first](const std::string& text) -> std::optional<Error> {
    if (is_first && text == "2") {
      is_first = false;
      return Error{Errc::kBusy, "not now"};
    }
    return std::nullopt;
  };
  start(3);
  put(4);
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(a_.all(), (Strings{"1", "3", "2", "4"}));
}

TEST_F(AlertSenderTest, WhatIsRefusedIsKeptAndTheNextFollows) {
  a_.fail = [](const std::string& text) -> std::optional<Error> {
    if (text != "2") return std::nullopt;
    return Error::limit("too long");
  };
  start(3);
  put(4);
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(a_.all(), (Strings{"1", "3", "4"}));
  EXPECT_EQ(status().refused, 1U);
  EXPECT_EQ(status().delivered, 3U);
  EXPECT_EQ(status().failed_attempts, 0U);
  sender_.reset();
  outbox_.reset();
  const Result<SqliteDatabase> file = SqliteDatabase::open(path("outbox.db"), SqliteDatabase::Mode::kRead);
  EXPECT_EQ(*file->integer(
                "SELECT notification ->> 'n' FROM refused WHERE sink = 'test:a' AND reason = 'too long'"),
            2);
}

TEST_F(AlertSenderTest, RetryAfterIsWaitedFor) {
  a_.fail = [](const std::string&) { return Error{Errc::kBusy, "slow down"}; };
  a_.retry_after = std::chrono::hours(1);
  start();
  put(1);
  ASSERT_TRUE(soon([this] { return status().failed_attempts == 1; }));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(a_.sends, 1);
  const auto begin = std::chrono::steady_clock::now();
  sender_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(outbox_->last() - outbox_->delivered(0), 1);
}

TEST_F(AlertSenderTest, WhatWaitsAtTheEndIsDeliveredAfterTheNextStart) {
  a_.fail = [](const std::string&) { return Error{Errc::kBusy, "nobody there"}; };
  start();
  put(5);
  ASSERT_TRUE(soon([this] { return status(1).waiting == 0; }));
  {
    const std::lock_guard<std::mutex> lock(a_.mutex);
    a_.fail = nullptr;
  }
  start();
  put(1);
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(a_.all(), numbers(1, 6));
  EXPECT_EQ(b_.all(), numbers(1, 6));
}

TEST_F(AlertSenderTest, DigestsAreSentWhenTheirWindowCloses) {
  open_outbox({"test:a", "test:b"});
  start(1, {.mode = AlertPolicy::Mode::kDigest, .window = std::chrono::seconds(0)});
  put(7);
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(a_.all(), Strings{"7 of 10.0.0.1 evil.com"});
  EXPECT_EQ(status().delivered, 7U);
  EXPECT_EQ(status().notifications, 1U);
}

TEST_F(AlertSenderTest, SinksThatFailAtRandomLoseNothingAndDoubleNothing) {
  constexpr int64_t kMatches = 2000;
  const auto at_random = [](unsigned seed) {
    return [random = std::minstd_rand(seed)](const std::string&) mutable -> std::optional<Error> {
      if (random() % 3 != 0) return std::nullopt;
      return Error{Errc::kBusy, "by chance"};
    };
  };
  a_.fail = at_random(1);
  b_.fail = at_random(2);
  start(7, {}, {milliseconds(0), milliseconds(0), milliseconds(2000)});
  while (outbox_->last() < kMatches) put(1 + outbox_->last() % 13);
  ASSERT_TRUE(all_delivered());
  for (SinkLog* log : {&a_, &b_}) {
    std::vector<int64_t> got;
    for (const std::string& text : log->all()) got.push_back(std::stoll(text));
    std::sort(got.begin(), got.end());
    ASSERT_EQ(static_cast<int64_t>(got.size()), outbox_->last());
    for (size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], static_cast<int64_t>(i) + 1);
  }
}

// A child puts batches and delivers them to a file, until it is killed.
[[noreturn]] void serve_until_killed(const std::string& outbox_path, const std::string& file_path) {
  std::unique_ptr<AlertSink> sink = *open_file_sink(file_path);
  std::unique_ptr<Outbox> outbox = *Outbox::open(outbox_path, {sink->name()}, kOutboxSizeMax);
  std::vector<AlertSender::Sink> sinks;
  sinks.push_back({std::move(sink), {}});
  const AlertSender sender(*outbox, SuffixTable::built_in(), std::move(sinks), kShortPauses);
  for (;;) {
    std::vector<Match> matches;
    for (int i = 0; i < 5; ++i) matches.push_back(numbered_match(outbox->last() + 1 + i));
    if (!outbox->put(matches, at_second(0))) ::_exit(1);
  }
}

TEST_F(AlertSenderTest, KilledAtAnyMomentItDeliversEverythingAndTwiceOnlyWhatWasUnderWay) {
  constexpr int kRounds = 12;
  for (int round = 0; round < kRounds; ++round) {
    const pid_t child = ::fork();
    if (child == 0) serve_until_killed(path("outbox.db"), path("alerts"));
    std::this_thread::sleep_for(milliseconds(30 + round * 9));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  }
  const std::string name = "file:" + path("alerts");
  open_outbox({name});
  std::vector<AlertSender::Sink> sinks;
  sinks.push_back({*open_file_sink(path("alerts")), {}});
  sender_ = std::make_unique<AlertSender>(*outbox_, SuffixTable::built_in(), std::move(sinks), kShortPauses);
  ASSERT_TRUE(soon([this] { return status().waiting == 0; }));

  std::istringstream lines(*read_file(path("alerts"), size_t{1} << 30));
  std::vector<int> times(static_cast<size_t>(outbox_->last()));
  int64_t twice = 0;
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json record = nlohmann::json::parse(line, nullptr, false);
    ASSERT_FALSE(record.is_discarded()) << line;
    if (times.at(record["n"].get<size_t>() - 1)++ > 0) ++twice;
  }
  for (size_t i = 0; i < times.size(); ++i) ASSERT_GE(times[i], 1) << "match " << i + 1;
  EXPECT_LE(twice, kRounds * static_cast<int64_t>(AlertComposer::kEachMax));
  EXPECT_GT(times.size(), 0U);
}

}  // namespace
}  // namespace querymark
