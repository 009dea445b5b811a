// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_update.h"

#include <map>
#include <utility>

namespace querymark {
namespace {

// Batches that wait for a thread, for each thread there is.
constexpr size_t kWaitingPerThread = 1;

// The items that are there, by their keys.
Result<std::map<std::string, Item, std::less<>>> read_items(const DynamoDb& dynamodb,
                                                            const std::string& table,
                                                            const std::vector<ItemName>& names,
                                                            Deadline deadline) {
  std::vector<Item> keys;
  keys.reserve(names.size());
  for (const ItemName& name : names) keys.push_back(domain_item_key(name.name, name.allow));
  BatchGetOutcome outcome =
      dynamodb.batch_get_items(table, keys, {.attributes = {}, .consistent = true}, deadline);
  if (outcome.error) return *outcome.error;
  std::map<std::string, Item, std::less<>> items;
  for (Item& item : outcome.items) {
    const std::optional<std::string_view> key = find_string(item, kItemKey);
    if (!key) return Error::corrupt("DynamoDB BatchGetItem: an item without its key");
    std::string text(*key);
    items.emplace(std::move(text), std::move(item));
  }
  return items;
}

}  // namespace

Result<void> update_items(const DynamoDb& dynamodb, const std::string& table,
                          const std::vector<ItemName>& names, const ItemChange& change,
                          const UpdateOptions& options) {
  Result<std::map<std::string, Item, std::less<>>> there =
      read_items(dynamodb, table, names, options.deadline);
  if (!there) return there.error();
  std::vector<ItemWrite> writes;
  writes.reserve(names.size());
  for (const ItemName& name : names) {
    Item key = domain_item_key(name.name, name.allow);
    const auto found = there->find(*find_string(key, kItemKey));
    DynamoDbItem item;
    item.name = name.name;
    item.allow = name.allow;
    if (found != there->end()) {
      Result<DynamoDbItem> read = read_domain_item(std::move(found->second));
      if (!read) return read.error();
      item = *std::move(read);
    }
    if (!change(name, item)) continue;
    if (!item.entries.empty()) {
      writes.push_back({ItemWrite::Kind::kPut, item.to_item()});
    } else if (found != there->end()) {
      writes.push_back({ItemWrite::Kind::kDelete, std::move(key)});
    }
  }
  if (options.dry_run || writes.empty()) return {};
  const BatchWriteOutcome written = dynamodb.batch_write_items(table, writes, options.deadline);
  if (written.error) return *written.error;
  return {};
}

ItemUpdater::ItemUpdater(const DynamoDb& dynamodb, std::string table, ItemChange change,
                         UpdateOptions options, size_t threads)
    : dynamodb_(dynamodb), table_(std::move(table)), change_(std::move(change)), options_(options) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ItemUpdater::~ItemUpdater() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

size_t ItemUpdater::in_flight_max() const {
  return (1 + threads_.size() * (1 + kWaitingPerThread)) * kBatchGetKeysMax;
}

Result<void> ItemUpdater::add(ItemName name) {
  batch_.push_back(std::move(name));
  return batch_.size() < kBatchGetKeysMax ? Result<void>() : submit();
}

Result<void> ItemUpdater::submit() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kWaitingPerThread * threads_.size() || !status_; });
  if (!status_) return status_;
  waiting_.push_back(std::exchange(batch_, {}));
  changed_.notify_all();
  return {};
}

Result<void> ItemUpdater::flush() {
  if (!batch_.empty()) {
    if (Result<void> submitted = submit(); !submitted) return submitted;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return running_ == 0 && (waiting_.empty() || !status_); });
  return status_;
}

Result<size_t> ItemUpdater::stop() {
  std::unique_lock lock(mutex_);
  size_t dropped = std::exchange(batch_, {}).size();
  for (const std::vector<ItemName>& batch : std::exchange(waiting_, {})) dropped += batch.size();
  changed_.wait(lock, [this] { return running_ == 0; });
  if (!status_) return status_.error();
  return dropped;
}

void ItemUpdater::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || (status_ && !waiting_.empty()); });
    if (stopping_) return;
    const std::vector<ItemName> batch = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    changed_.notify_all();
    lock.unlock();
    Result<void> done = update_items(dynamodb_, table_, batch, change_, options_);
    lock.lock();
    --running_;
    if (!done && status_) status_ = std::move(done);
    changed_.notify_all();
  }
}

}  // namespace querymark
