// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "aws/dynamodb.h"

// Bodies of requests to DynamoDB.
//
//   get_item_body("t", {{"domainName", string "a"}}, {})   {"TableName":"t","Key":{"domainName":{"S":"a"}}}
namespace querymark {

void append_attribute(std::string& out, const AttributeValue& value);
void append_item(std::string& out, const Item& item);

std::string get_item_body(std::string_view table, const Item& key, const ReadOptions& options);
std::string batch_get_body(std::string_view table, std::span<const Item> keys, const ReadOptions& options);
std::string batch_write_body(std::string_view table, std::span<const ItemWrite> writes);
std::string put_item_body(std::string_view table, const Item& item, const Expression& expression);
std::string update_item_body(std::string_view table, const Item& key, const Expression& expression,
                             ReturnValues values);
std::string delete_item_body(std::string_view table, const Item& key, const Expression& expression);
// `after`: the last key of the page before; empty for the first page.
std::string scan_body(std::string_view table, const ScanOptions& options, const Item& after);
std::string describe_table_body(std::string_view table);

}  // namespace querymark
