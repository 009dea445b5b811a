// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "aws/dynamodb.h"

// Bodies of DynamoDB's replies, read. Each gives kCorrupt for what is not JSON or not of the form that the
// service documents; members that are not known are passed over.
namespace querymark {

struct BatchGetReply {
  std::vector<Item> items;
  std::vector<Item> unprocessed;
};

struct ScanPage {
  std::vector<Item> items;
  Item last_key;  // empty: the last page
};

// `member`: "Item" or "Attributes"; nothing where it is not there.
Result<std::optional<Item>> read_item_reply(std::string_view body, std::string_view member);
Result<BatchGetReply> read_batch_get_reply(std::string_view body, std::string_view table);
// What is left over.
Result<std::vector<ItemWrite>> read_batch_write_reply(std::string_view body, std::string_view table);
Result<ScanPage> read_scan_reply(std::string_view body);
Result<TableDescription> read_describe_table_reply(std::string_view body);

}  // namespace querymark
