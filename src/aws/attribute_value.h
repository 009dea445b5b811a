// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A value of a DynamoDB item, and the item itself: every type that the service knows, so that an item that
// somebody else wrote comes back as it was.
//
//   Item item;
//   item["domainName"] = AttributeValue::string("evil.com");
//   item["expires"] = AttributeValue::number(1795533532); {"domainName":{"S":"evil.com"},"expires":{"N":"…"}}
namespace querymark {

struct AttributeValue {
  enum class Type {
    kString,
    kNumber,
    kBinary,
    kBool,
    kNull,
    kStringSet,
    kNumberSet,
    kBinarySet,
    kList,
    kMap
  };

  Type type = Type::kNull;
  bool flag = false;                 // kBool
  std::string text;                  // kString; kNumber, as text; kBinary, raw bytes
  std::vector<std::string> texts;    // the sets, each element as in `text`
  std::vector<AttributeValue> list;  // kList
  std::map<std::string, AttributeValue, std::less<>> members;  // kMap

  static AttributeValue string(std::string_view text);
  static AttributeValue number(int64_t value);
  static AttributeValue boolean(bool value);
  // A set may not be empty: DynamoDB refuses it.
  static AttributeValue string_set(std::vector<std::string> texts);

  friend bool operator==(const AttributeValue&, const AttributeValue&) = default;
};

using Item = std::map<std::string, AttributeValue, std::less<>>;

// The attribute's value, where it is there and of this type (a whole number, for find_number).
std::optional<std::string_view> find_string(const Item& item, std::string_view name);
std::optional<int64_t> find_number(const Item& item, std::string_view name);
std::optional<bool> find_bool(const Item& item, std::string_view name);
// The elements; empty where it is not there: a set never is.
const std::vector<std::string>& find_string_set(const Item& item, std::string_view name);

}  // namespace querymark
