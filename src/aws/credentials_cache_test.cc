// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace querymark {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// A source whose n-th credentials are called "n" and live as long as the test says, by the test's clock.
struct FakeSource {
  std::atomic<int> fetches = 0;
  seconds life = std::chrono::hours(1);
  bool fails = false;
  std::function<void()> while_fetching = [] {};
  SystemTime now = parse_iso8601("2026-11-24T12:00:00Z").value();

  CredentialsSource source() {
    return {"fake", [this](Deadline) -> Result<Credentials> {
              const int number = ++fetches;
              while_fetching();
              if (fails) return Error{Errc::kBusy, "server down"};
              return Credentials{std::to_string(number), "secret", "", now + life};
            }};
  }
};

class CredentialsCacheTest : public ::testing::Test {
 protected:
  std::string get(Deadline deadline = Deadline::never()) {
    const Result<Credentials> credentials = cache_.get(deadline);
    return credentials ? credentials->access_key_id : credentials.error().detail;
  }

  FakeSource fake_;
  CredentialsCache cache_{fake_.source(), [this] { return fake_.now; }};
};

TEST_F(CredentialsCacheTest, KeepsWhatIsGood) {
  EXPECT_EQ(get(), "1");
  fake_.now += minutes(44);
  EXPECT_EQ(get(), "1");
}

TEST_F(CredentialsCacheTest, AsksAnewAQuarterOfAnHourBeforeTheEnd) {
  EXPECT_EQ(get(), "1");
  fake_.now += minutes(45);
  EXPECT_EQ(get(), "2");
  EXPECT_EQ(get(), "2");
}

TEST_F(CredentialsCacheTest, AsksAnewInTheLastQuarterOfAShortLife) {
  fake_.life = minutes(16);
  EXPECT_EQ(get(), "1");
  fake_.now += minutes(11);
  EXPECT_EQ(get(), "1");
  fake_.now += minutes(1);
  EXPECT_EQ(get(), "2");
}

TEST_F(CredentialsCacheTest, TheOldOnesServeUntilAMinuteBeforeTheirEndWhereNewOnesCannotBeHad) {
  EXPECT_EQ(get(), "1");
  fake_.fails = true;
  fake_.now += minutes(45);
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(fake_.fetches, 2) << "the source is given a pause";
  fake_.now += minutes(1);
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(fake_.fetches, 3);
  fake_.now += minutes(13);
  EXPECT_EQ(get(), "AWS credentials (fake): server down");
}

TEST_F(CredentialsCacheTest, TheOldOnesServeWhileNewOnesAreFetched) {
  EXPECT_EQ(get(), "1");
  fake_.now += minutes(45);
  std::string meanwhile;
  fake_.while_fetching = [&] { meanwhile = get(); };
  EXPECT_EQ(get(), "2");
  EXPECT_EQ(meanwhile, "1");
}

TEST_F(CredentialsCacheTest, AFailureIsAnErrorWithTheSourcesName) {
  fake_.fails = true;
  EXPECT_EQ(get(), "AWS credentials (fake): server down");
  fake_.fails = false;
  EXPECT_EQ(get(), "2");
}

TEST_F(CredentialsCacheTest, ForgetsOnlyWhatWasRefused) {
  EXPECT_EQ(get(), "1");
  cache_.forget("0");  // somebody else's, replaced long ago
  EXPECT_EQ(get(), "1");
  cache_.forget("1");
  EXPECT_EQ(get(), "2");
}

TEST_F(CredentialsCacheTest, ManyThreadsAskOnce) {
  fake_.while_fetching = [] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); };
  std::vector<std::thread> threads;
  threads.reserve(8);
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { good += get() == "1" ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
  EXPECT_EQ(fake_.fetches, 1);
}

TEST_F(CredentialsCacheTest, WaitingForAnothersFetchHasADeadline) {
  std::string meanwhile;
  fake_.while_fetching = [&] { meanwhile = get(Deadline::after(std::chrono::milliseconds(5))); };
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(meanwhile, "AWS credentials (fake): no answer in time");
}

}  // namespace
}  // namespace querymark
