// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "aws/aws_access.h"
#include "domains/domain_lookup.h"
#include "domains/dynamodb_shared_lookup.h"
#include "import/open_table.h"

namespace querymark {

// What marking asks about names: the compiled set of a table or a list, as it was when it was opened, or a
// table in DynamoDB, as it is.
//
//   Result<MarkingTable> table = MarkingTable::open("dynamodb:domains", home, suffixes, aws);
//   std::unique_ptr<DomainLookup> lookup = table->make(MatchMode::kRegistered);
//
// Cost: see open_table(); two requests of a table in DynamoDB. Threads: any number, each with a lookup of its
// own.
class MarkingTable {
 public:
  // By its URI (import/open_table.h) or dynamodb:NAME. kNotFound where it is not there. `aws` must outlive it.
  // `patience`: with DynamoDB.
  static Result<MarkingTable> open(const std::string& uri, const std::string& home,
                                   const SuffixTable& suffixes, AwsAccess& aws,
                                   const DynamoDbPatience& patience = {});

  // One a thread; this must outlive it, where it stands.
  std::unique_ptr<DomainLookup> make(MatchMode mode) const;

  const std::string& description() const { return description_; }
  // Of interesting ones. What DynamoDB counts is some hours old; 0 always means that there is none.
  uint64_t entry_count() const { return entry_count_; }
  // 0 where that is not known, with DynamoDB.
  uint64_t allow_count() const;
  // Those that cannot match in this mode, where that is known.
  uint64_t unmatchable_count(MatchMode mode) const;

  // Whether they are made from the same version of a table, and for the same time.
  bool is_same(const MarkingTable& other) const;
  // Whether each answer is asked for while marking, and may be had later where there is none now.
  bool is_remote() const { return set_ == std::nullopt; }
  // Of a remote one, as of DynamoDbSharedLookup.
  uint64_t failures() const;
  std::optional<Error> failure() const;

 private:
  static constexpr size_t kModes = 2;

  std::string description_;
  uint64_t entry_count_ = 0;
  std::optional<DomainSet> set_;
  std::array<std::unique_ptr<DynamoDbSharedLookup>, kModes> remote_;  // in place of a set, by MatchMode
};

}  // namespace querymark
