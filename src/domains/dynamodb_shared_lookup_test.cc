// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_shared_lookup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "aws/aws_test_session.h"
#include "domains/domain_set_fixture.h"
#include "domains/fake_dynamodb.h"

namespace querymark {
namespace {

using Verdict = DomainMatch::Verdict;

class DynamoDbSharedLookupTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<LoopbackServer>([this](const LoopbackRequest& request) {
      return is_down_ ? LoopbackReply::with(500, "") : table_.answer(request);
    });
    session_ = session_with(*server_);
    dynamodb_.emplace(*DynamoDb::open(*session_, kTestRetries));
  }
  void open(const DynamoDbPatience& patience = {}) {
    shared_.emplace(*dynamodb_, "t", MatchMode::kRegistered, patience);
  }
  static std::string ask(DomainLookup& lookup, const std::string& name) {
    const DomainQuery query{name, fixture_suffixes().registrable_domain(name)};
    DomainMatch answer;
    if (!lookup.find({&query, 1}, {&answer, 1})) return "failed";
    return answer.verdict == Verdict::kInteresting ? std::string(answer.entry) : "none";
  }

  FakeDynamoDb table_{{"evil.com", "bad.com"}};
  std::atomic<bool> is_down_ = false;
  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::optional<DynamoDb> dynamodb_;
  std::optional<DynamoDbSharedLookup> shared_;
};

TEST_F(DynamoDbSharedLookupTest, WhatOneHasAskedAllKnow) {
  open();
  const auto one = shared_->make();
  const auto other = shared_->make();
  EXPECT_EQ(ask(*one, "www.evil.com"), "evil.com");
  EXPECT_EQ(ask(*one, "good.com"), "none");
  const size_t requests = table_.requests();
  EXPECT_EQ(ask(*other, "evil.com"), "evil.com");
  EXPECT_EQ(ask(*other, "www.good.com"), "none");
  EXPECT_EQ(table_.requests(), requests);
}

TEST_F(DynamoDbSharedLookupTest, AnAnswerLivesUntilItsOwnLookupAnswersAgain) {
  open();
  const auto one = shared_->make();
  const auto other = shared_->make();
  const DomainQuery query{"evil.com", "evil.com"};
  DomainMatch answer;
  ASSERT_TRUE(one->find({&query, 1}, {&answer, 1}));
  for (int i = 0; i < 100; ++i) ask(*other, std::to_string(i) + ".com");
  EXPECT_EQ(answer.entry, "evil.com");
  EXPECT_EQ(one->list_names(answer).size(), 1U);
  EXPECT_TRUE(one->list_names(DomainMatch()).empty());
}

TEST_F(DynamoDbSharedLookupTest, AFailureIsAnErrorAndIsOverWithTheNextAnswer) {
  open();
  const auto lookup = shared_->make();
  EXPECT_FALSE(shared_->failure());
  is_down_ = true;
  EXPECT_EQ(ask(*lookup, "evil.com"), "failed");
  EXPECT_TRUE(shared_->failure());
  EXPECT_EQ(shared_->failures(), 1U);
  is_down_ = false;
  EXPECT_EQ(ask(*lookup, "evil.com"), "evil.com");
  EXPECT_FALSE(shared_->failure());
}

TEST_F(DynamoDbSharedLookupTest, AfterAFailureNobodyAsksForThePause) {
  open({.timeout = std::chrono::seconds(5), .pause = std::chrono::hours(1)});
  const auto lookup = shared_->make();
  is_down_ = true;
  EXPECT_EQ(ask(*lookup, "evil.com"), "failed");
  is_down_ = false;
  const size_t requests = server_->requests().size();
  EXPECT_EQ(ask(*lookup, "bad.com"), "failed");
  EXPECT_EQ(server_->requests().size(), requests);
  EXPECT_EQ(shared_->failures(), 2U);
}

TEST_F(DynamoDbSharedLookupTest, ThreadsAskAtTheSameTime) {
  open();
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> wrong = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const auto lookup = shared_->make();
      for (int i = 0; i < 50; ++i) {
        if (ask(*lookup, "evil.com") != "evil.com") ++wrong;
        if (ask(*lookup, std::to_string(thread) + "-" + std::to_string(i) + ".com") != "none") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace querymark
