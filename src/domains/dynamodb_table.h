// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "aws/dynamodb.h"
#include "domains/domain_table.h"
#include "domains/dynamodb_update.h"
#include "psl/suffix_table.h"

// The table of interesting domains in DynamoDB: one item a name (dynamodb_item.h, docs/table.md).
//
// What DynamoDB cannot do, and what follows. An update is no transaction: where it fails, a part of it is
// written, and said so; repeated, it comes to the same end. Two who change one item at the same time may lose
// one of the changes. Nothing but entries is stored: of a list it is known what it holds and when it was last
// seen, not where it came from. There are no sorted reads: what looks at many names reads the whole table
// (and pays for that), in the table's own order.
//
// Cost: of an update see dynamodb_list_writer.h; a mirror reads the whole table besides. Memory: bounded, but
// of a mirror some 100 bytes an entry of the list. Threads: one at a time.
namespace querymark {

class DynamoDbTable final : public DomainTable {
 public:
  // `dynamodb` must outlive the table. Nothing is asked yet: a table that is not there is found out by what
  // comes first.
  DynamoDbTable(const DynamoDb& dynamodb, std::string name, const SuffixTable& suffixes)
      : dynamodb_(dynamodb), name_(std::move(name)), suffixes_(suffixes) {}

  Result<ListUpdateCounts> update_list(const ListUpdate& update, EntryStream& entries) override;
  Result<std::vector<uint64_t>> remove(const std::vector<std::string>& names, const std::string& list,
                                       bool allow) override;
  Result<std::vector<StoredEntry>> find_entries(std::string_view name) override;
  Result<std::vector<StoredEntry>> find_entries_below(std::string_view domain, size_t count_max) override;
  Result<void> visit_entries(const EntryFilter& filter,
                             const std::function<bool(const StoredEntry&)>& visit) override;
  Result<void> visit_names(bool allow, const std::function<bool(std::string_view)>& visit) override;
  Result<std::vector<ListSummary>> lists() override;
  // There is no place for it: nothing is done.
  Result<void> record_failure(const std::string& list, int64_t now, const std::string& why) override;
  Result<void> visit_bad_rows(const SuffixTable& suffixes,
                              const std::function<void(const BadRow&)>& visit) override;

  const std::string& name() const { return name_; }
  // kInvalid where the key is not `domainName`, a string, or the table is not ready to be used.
  Result<TableDescription> describe() const;
  // Whether there is not one item. One request, mostly.
  Result<bool> is_empty() const;

 private:
  Result<ListUpdateCounts> mirror_list(const ListUpdate& update, EntryStream& entries);
  // Until `visit` says false.
  Result<void> visit_items(const std::function<Result<bool>(const DynamoDbItem&)>& visit) const;

  const DynamoDb& dynamodb_;
  std::string name_;
  SuffixTable suffixes_;
};

}  // namespace querymark
