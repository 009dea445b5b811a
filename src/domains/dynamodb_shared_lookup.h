// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "domains/dynamodb_lookup.h"

// A DynamoDB table behind several threads that mark as they go: what one has asked, all know.
//
//   DynamoDbSharedLookup shared(dynamodb, "domains", MatchMode::kRegistered, {});
//   std::unique_ptr<DomainLookup> lookup = shared.make();    one a thread
//
// Each batch of questions has what it lacks fetched at once, by one thread at a time; the others wait. Cost: a
// request or two a batch that has names which are not cached. An Error where the table could not be asked,
// which names it. Memory: that of one DynamoDbLookup.
namespace querymark {

struct DynamoDbPatience {
  std::chrono::milliseconds timeout{0};  // of a batch's requests; 0: as many attempts as the client makes
  // After a failure nobody asks for so long: who comes meanwhile is given the same error at once.
  std::chrono::milliseconds pause{0};
};

class DynamoDbSharedLookup {
 public:
  // `dynamodb` must outlive it.
  DynamoDbSharedLookup(const DynamoDb& dynamodb, std::string table, MatchMode mode,
                       const DynamoDbPatience& patience)
      : patience_(patience), lookup_(dynamodb, std::move(table), {.match = mode}) {}

  // For one thread. This must outlive it.
  std::unique_ptr<DomainLookup> make();

  // Batches that got no answer.
  uint64_t failures() const;
  // Why the last batch that asked got none; nothing where it got one, or where that is ten seconds ago.
  std::optional<Error> failure() const;

 private:
  class View;
  using Clock = std::chrono::steady_clock;

  Result<void> find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers);
  Result<void> fetch();
  Result<void> failed_just_now();

  const DynamoDbPatience patience_;
  mutable std::mutex mutex_;  // guards what follows; held while the table is asked
  DynamoDbLookup lookup_;
  mutable std::mutex failure_mutex_;  // guards what follows; the innermost
  std::optional<Error> failure_;
  Clock::time_point failed_at_;
  uint64_t failures_ = 0;
};

}  // namespace querymark
