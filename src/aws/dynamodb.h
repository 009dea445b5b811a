// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/attribute_value.h"
#include "aws/aws_service.h"
#include "aws/aws_session.h"

// DynamoDB, as far as a table of items by key needs it.
//
//   Result<DynamoDb> dynamodb = DynamoDb::open(*session);
//   BatchGetOutcome found = dynamodb->batch_get_items("domains", keys, {}, deadline);
//
// Every reply's CRC-32 is checked; a damaged reply is asked for again, as is what may pass (aws_service.h).
// Threads may share one object. Text that is not UTF-8 is refused before anything is sent.
namespace querymark {

inline constexpr size_t kBatchGetKeysMax = 100;    // of one BatchGetItem
inline constexpr size_t kBatchWriteItemsMax = 25;  // of one BatchWriteItem

struct ReadOptions {
  std::vector<std::string> attributes;  // only these; empty: all
  bool consistent = false;              // what was just written is seen, at twice the price
};

// Which items were had; which keys were not, and why.
struct BatchGetOutcome {
  std::vector<Item> items;        // in no order; a key without an item has none here
  std::vector<Item> unprocessed;  // keys about which nothing is known
  std::optional<Error> error;     // there where `unprocessed` is not empty
  size_t requests = 0;            // BatchGetItem calls
};

struct ItemWrite {
  enum class Kind { kPut, kDelete };
  Kind kind = Kind::kPut;
  Item item;  // kPut: the whole item, which replaces another of its key; kDelete: the key
};

struct BatchWriteOutcome {
  std::vector<ItemWrite> unprocessed;  // what may or may not have been written
  std::optional<Error> error;          // there where `unprocessed` is not empty
  size_t requests = 0;
};

// An expression with its placeholders: "SET #n = :v" with names {"#n": "note"} and values {":v": …}.
struct Expression {
  std::string update;     // of update_item only
  std::string condition;  // where it does not hold, nothing is done and the Error is kStale
  std::map<std::string, std::string> names;
  Item values;
};

enum class ReturnValues { kNone, kAllOld, kAllNew };

struct ScanOptions {
  ReadOptions read;
  std::optional<size_t> page_items_max;
  size_t segment = 0;  // of `segments`, which may be scanned at the same time
  size_t segments = 1;
};

struct KeyAttribute {
  std::string name;
  std::string type;     // "S", "N" or "B"
  bool is_hash = true;  // else the sort key
};

struct TableDescription {
  std::string status;  // "ACTIVE", …
  std::vector<KeyAttribute> key;
  int64_t item_count = 0;  // some hours old
};

class DynamoDb {
 public:
  static Result<DynamoDb> open(AwsSession& session, RetryPolicy policy = kDynamoDbRetries);

  // Nothing where there is no such item.
  Result<std::optional<Item>> get_item(std::string_view table, const Item& key, const ReadOptions& options,
                                       Deadline deadline) const;

  // Any number of keys, 100 a request; what the service leaves over is asked for again, with pauses, while it
  // makes progress and the deadline allows. Requests where nothing is left over: keys / 100, rounded up.
  // REQUIRES: no key twice.
  BatchGetOutcome batch_get_items(std::string_view table, std::span<const Item> keys,
                                  const ReadOptions& options, Deadline deadline) const;

  // Likewise, 25 a request. REQUIRES: no key twice.
  BatchWriteOutcome batch_write_items(std::string_view table, std::span<const ItemWrite> writes,
                                      Deadline deadline) const;

  // Replaces the whole item.
  Result<void> put_item(std::string_view table, const Item& item, const Expression& expression,
                        Deadline deadline) const;
  // The item as asked for; nothing for kNone, or kAllOld where there was none.
  Result<std::optional<Item>> update_item(std::string_view table, const Item& key,
                                          const Expression& expression, ReturnValues values,
                                          Deadline deadline) const;
  // The item that was deleted, if there was one.
  Result<std::optional<Item>> delete_item(std::string_view table, const Item& key,
                                          const Expression& expression, Deadline deadline) const;

  // Hands page after page to `on_page`, whose Error ends it.
  using OnPage = std::function<Result<void>(std::vector<Item> items)>;
  Result<void> scan(std::string_view table, const ScanOptions& options, const OnPage& on_page,
                    Deadline deadline) const;

  Result<TableDescription> describe_table(std::string_view table, Deadline deadline) const;

 private:
  explicit DynamoDb(AwsService service) : service_(std::move(service)) {}
  // `read` gets the body of a 2xx; where it cannot make anything of it, the request is sent again.
  Result<void> call(std::string_view action, const std::string& body, Deadline deadline,
                    const std::function<Result<void>(std::string_view)>& read) const;

  AwsService service_;
};

}  // namespace querymark
