// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "aws/aws_access.h"
#include "cli/command.h"
#include "domains/domain_lookup.h"
#include "import/open_table.h"

namespace querymark {

// What a run asks about names: the compiled set of a table or a list, or a DynamoDB table.
class RunLookup {
 public:
  // What the common options name. kNotFound where it is not there. `suffixes` and `aws` must outlive it.
  static Result<RunLookup> open(const CommonOptions& common, const SuffixTable& suffixes, AwsAccess& aws);

  // One a thread; this must outlive it.
  std::unique_ptr<DomainLookup> make(MatchMode mode) const;

  const std::string& description() const { return description_; }
  // Of interesting ones. What DynamoDB counts is some hours old; 0 always means that there is none.
  uint64_t entry_count() const { return entry_count_; }
  // Those that cannot match in this mode, where that is known.
  uint64_t unmatchable_count(MatchMode mode) const;

 private:
  std::string description_;
  uint64_t entry_count_ = 0;
  std::optional<DomainSet> set_;
  const DynamoDb* dynamodb_ = nullptr;  // in place of a set
  std::string dynamodb_table_;
};

}  // namespace querymark
