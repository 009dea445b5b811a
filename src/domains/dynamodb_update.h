// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "aws/dynamodb.h"
#include "domains/dynamodb_item.h"

// Items read, changed and written back: BatchWriteItem replaces whole items, so what others wrote into them
// must be known first.
//
//   update_items(dynamodb, "domains", {{"evil.com", false}}, change, deadline)
//
// Between reading and writing somebody else may write the same item; what he wrote is then lost. Changes that
// are repeated give the same, so that an update that failed half-way is simply made again. Requests: one to
// read 100 items, one to write 25.
namespace querymark {

struct ItemName {
  std::string name;
  bool allow = false;
  // For the change to use.
  EntryScope scope = EntryScope::kExact;
  bool again = false;  // not the first change of this item
};

// Changes item.entries, which are empty where there is no item; left empty they have the item deleted.
// Whether anything has changed, so that it must be written.
using ItemChange = std::function<bool(const ItemName& name, DynamoDbItem& item)>;

struct UpdateOptions {
  Deadline deadline = Deadline::never();
  bool dry_run = false;  // reads and changes, writes nothing
};

// Up to kBatchGetKeysMax items. On an error some may have been written. REQUIRES: no name twice.
Result<void> update_items(const DynamoDb& dynamodb, const std::string& table,
                          const std::vector<ItemName>& names, const ItemChange& change,
                          const UpdateOptions& options);

// The same for any number of items, several batches at a time on threads of its own; the change is called by
// all of them at once.
class ItemUpdater {
 public:
  ItemUpdater(const DynamoDb& dynamodb, std::string table, ItemChange change, UpdateOptions options,
              size_t threads);
  ItemUpdater(const ItemUpdater&) = delete;
  ItemUpdater& operator=(const ItemUpdater&) = delete;
  // Drops what has not begun, waits for the rest.
  ~ItemUpdater();

  // Waits while enough is under way. The first error of any batch so far. REQUIRES: no name that was added
  // since the last flush(), nor one of the last in_flight_max() added.
  Result<void> add(ItemName name);
  // Waits until all is done.
  Result<void> flush();
  // Drops what has not begun: so many of the names added last. Waits for the rest.
  Result<size_t> stop();

  // Names that may be under way at the same time.
  size_t in_flight_max() const;

 private:
  void work();
  Result<void> submit();

  const DynamoDb& dynamodb_;
  const std::string table_;
  const ItemChange change_;
  const UpdateOptions options_;
  std::vector<ItemName> batch_;  // being filled

  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  std::deque<std::vector<ItemName>> waiting_;
  size_t running_ = 0;
  bool stopping_ = false;
  Result<void> status_;
  std::vector<std::thread> threads_;
};

}  // namespace querymark
