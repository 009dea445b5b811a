// SPDX-License-Identifier: Apache-2.0
#include "import/marking_table.h"

#include <algorithm>

#include "domains/dynamodb_table.h"

namespace querymark {

Result<MarkingTable> MarkingTable::open(const std::string& uri, const std::string& home,
                                        const SuffixTable& suffixes, AwsAccess& aws,
                                        const DynamoDbPatience& patience) {
  MarkingTable table;
  const std::string name = dynamodb_table_name(uri);
  if (name.empty()) {
    Result<OpenedTable> opened = open_table(uri, home, suffixes);
    if (!opened) return opened.error();
    table.description_ = std::move(opened->description);
    table.entry_count_ = opened->set.entry_count();
    table.set_ = std::move(opened->set);
    return table;
  }
  const Result<const DynamoDb*> dynamodb = aws.dynamodb();
  if (!dynamodb) return dynamodb.error();
  const DynamoDbTable remote(**dynamodb, name, suffixes);
  const Result<bool> empty = remote.is_empty();
  if (!empty) return Error{empty.error().code, uri + ": " + empty.error().detail};
  const Result<TableDescription> description = remote.describe();
  if (!description) return description.error();
  table.description_ = uri;
  table.entry_count_ = *empty ? 0 : std::max<uint64_t>(1, static_cast<uint64_t>(description->item_count));
  for (const MatchMode mode : {MatchMode::kRegistered, MatchMode::kListed})
    table.remote_[static_cast<size_t>(mode)] =
        std::make_unique<DynamoDbSharedLookup>(**dynamodb, name, mode, patience);
  return table;
}

std::unique_ptr<DomainLookup> MarkingTable::make(MatchMode mode) const {
  return set_ ? make_domain_set_lookup(*set_, mode) : remote_[static_cast<size_t>(mode)]->make();
}

uint64_t MarkingTable::allow_count() const {
  return set_ ? set_->allow_count() : 0;
}

uint64_t MarkingTable::unmatchable_count(MatchMode mode) const {
  return set_ ? set_->unmatchable_count(mode) : 0;
}

bool MarkingTable::is_same(const MarkingTable& other) const {
  if (!set_ || !other.set_) return set_.has_value() == other.set_.has_value();
  return set_->table_version() == other.set_->table_version() &&
         set_->valid_until() == other.set_->valid_until() &&
         set_->entry_count() == other.set_->entry_count() && set_->allow_count() == other.set_->allow_count();
}

uint64_t MarkingTable::failures() const {
  uint64_t sum = 0;
  for (const auto& lookup : remote_) sum += lookup == nullptr ? 0 : lookup->failures();
  return sum;
}

std::optional<Error> MarkingTable::failure() const {
  for (const auto& lookup : remote_) {
    if (lookup == nullptr) continue;
    if (std::optional<Error> failure = lookup->failure()) return failure;
  }
  return std::nullopt;
}

}  // namespace querymark
