// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domains/domain_table.h"
#include "domains/dynamodb_update.h"
#include "psl/suffix_table.h"

// Entries of one list into a DynamoDB table, as they come.
//
//   DynamoDbListWriter writer(dynamodb, "domains", update, suffixes, {});
//   writer.add({.name = "www.evil.com", …});   kept registered: item "evil.com"
//   writer.finish();
//
// An entry that is kept `registered` becomes its first-level domain, as the reference has it, for that is
// what `registered` matching asks a DynamoDB table for; where that is another name, its scope is subtree.
// Names may come in any order and more than once: what came among the last kRecentNames / 2 costs no request
// again, and what came earlier is known by its last sight, which is the update's `now`.
//
// Cost: one request to read 100 items and four to write them, `threads` of such batches at a time. Memory:
// the recent names, some 10 MB. One thread calls it.
namespace querymark {

// As many threads as Lambda's 512 MB or a small machine can feed. Of five requests one reads, so that eight of them
// write at a time.
inline constexpr size_t kDynamoDbThreads = 10;

struct ListWriterOptions {
  Deadline deadline = Deadline::never();
  size_t threads = kDynamoDbThreads;
  // An entry that was last seen at the update's `now` counts as repeated, not as already there: for an update
  // that goes on where another process stopped.
  bool goes_on = false;
};

class DynamoDbListWriter {
 public:
  static constexpr size_t kRecentNames = size_t{1} << 16;

  // Of the update counts what holds for all its entries; mirror and force are not looked at. What is passed
  // by reference must outlive the writer.
  DynamoDbListWriter(const DynamoDb& dynamodb, std::string table, const ListUpdate& update,
                     const SuffixTable& suffixes, const ListWriterOptions& options);

  // The first error of any batch so far.
  Result<void> add(const TableEntry& entry);
  // Waits until all is written.
  Result<void> finish() { return updater_.flush(); }
  // In a hurry: waits only for what is under way. Gives how many calls of add() are done; those after them,
  // of which some may be too, are not counted and to be made again, by another writer.
  Result<uint64_t> stop();

  // REQUIRES: after finish() or stop().
  ListUpdateCounts counts() const;

  // The name of the item that an entry becomes; a view into `name`.
  static std::string_view item_name(std::string_view name, bool allow, EntryKeep keep,
                                    const SuffixTable& suffixes);

 private:
  bool change(const ItemName& name, DynamoDbItem& item);

  // Where add() was when it handed a name on.
  struct Place {
    uint64_t adds;      // done before it
    uint64_t repeated;  // of those
  };
  using Names = std::unordered_map<std::string, EntryScope>;
  EntryScope* find_recent(const std::string& key);

  const ListUpdate& update_;
  const SuffixTable& suffixes_;
  const bool goes_on_;
  Names recent_;  // by their items' keys
  Names before_;  // what recent_ was when it was full
  uint64_t adds_ = 0;
  uint64_t repeated_ = 0;        // of those
  std::deque<Place> in_flight_;  // of the names handed on last
  std::atomic<uint64_t> added_ = 0;
  std::atomic<uint64_t> already_there_ = 0;
  std::atomic<uint64_t> seen_by_this_ = 0;
  ItemUpdater updater_;  // last: its threads use what stands above
};

}  // namespace querymark
