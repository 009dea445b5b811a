// SPDX-License-Identifier: Apache-2.0
#include "cli/run_lookup.h"

#include <algorithm>

#include "domains/dynamodb_stream_lookup.h"
#include "domains/dynamodb_table.h"

namespace querymark {

Result<RunLookup> RunLookup::open(const CommonOptions& common, const SuffixTable& suffixes, AwsAccess& aws) {
  RunLookup lookup;
  if (const std::string name = dynamodb_table_name(common.table_uri); !name.empty()) {
    const Result<const DynamoDb*> dynamodb = aws.dynamodb();
    if (!dynamodb) return dynamodb.error();
    const DynamoDbTable table(**dynamodb, name, suffixes);
    const Result<bool> empty = table.is_empty();
    if (!empty) return empty.error();
    const Result<TableDescription> description = table.describe();
    if (!description) return description.error();
    lookup.description_ = common.table_uri;
    lookup.entry_count_ = *empty ? 0 : std::max<uint64_t>(1, static_cast<uint64_t>(description->item_count));
    lookup.dynamodb_ = *dynamodb;
    lookup.dynamodb_table_ = name;
    return lookup;
  }
  Result<OpenedTable> opened = open_table(common.table_uri, common.home, suffixes);
  if (!opened) return opened.error();
  lookup.description_ = std::move(opened->description);
  lookup.entry_count_ = opened->set.entry_count();
  lookup.set_ = std::move(opened->set);
  return lookup;
}

std::unique_ptr<DomainLookup> RunLookup::make(MatchMode mode) const {
  if (set_) return make_domain_set_lookup(*set_, mode);
  return std::make_unique<DynamoDbStreamLookup>(*dynamodb_, dynamodb_table_, mode);
}

uint64_t RunLookup::unmatchable_count(MatchMode mode) const {
  return set_ ? set_->unmatchable_count(mode) : 0;
}

}  // namespace querymark
