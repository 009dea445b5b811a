// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "domains/dynamodb_lookup.h"

namespace querymark {

// A DynamoDB table behind a stream of records that marks as it goes: each batch of questions has what it
// lacks fetched at once. Cost: a request or two a batch, as long as it has names that are not cached. An
// Error where the table could not be asked, which names it. One thread at a time.
class DynamoDbStreamLookup final : public DomainLookup {
 public:
  DynamoDbStreamLookup(const DynamoDb& dynamodb, std::string table, MatchMode mode)
      : lookup_(dynamodb, std::move(table), {.match = mode}) {}

  Result<void> find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) override;
  std::vector<std::string> list_names(const DomainMatch& match) const override {
    return lookup_.list_names(match);
  }

 private:
  DynamoDbLookup lookup_;
};

}  // namespace querymark
