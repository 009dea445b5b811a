// SPDX-License-Identifier: Apache-2.0
#include "aws/attribute_value.h"

#include <charconv>

namespace querymark {

using Type = AttributeValue::Type;

static const AttributeValue* find(const Item& item, std::string_view name, Type type) {
  const auto found = item.find(name);
  return found == item.end() || found->second.type != type ? nullptr : &found->second;
}

AttributeValue AttributeValue::string(std::string_view text) {
  AttributeValue value;
  value.type = Type::kString;
  value.text = text;
  return value;
}

AttributeValue AttributeValue::number(int64_t number) {
  AttributeValue value;
  value.type = Type::kNumber;
  value.text = std::to_string(number);
  return value;
}

AttributeValue AttributeValue::boolean(bool flag) {
  AttributeValue value;
  value.type = Type::kBool;
  value.flag = flag;
  return value;
}

AttributeValue AttributeValue::string_set(std::vector<std::string> texts) {
  AttributeValue value;
  value.type = Type::kStringSet;
  value.texts = std::move(texts);
  return value;
}

std::optional<std::string_view> find_string(const Item& item, std::string_view name) {
  const AttributeValue* value = find(item, name, Type::kString);
  if (value == nullptr) return std::nullopt;
  return value->text;
}

std::optional<int64_t> find_number(const Item& item, std::string_view name) {
  const AttributeValue* value = find(item, name, Type::kNumber);
  if (value == nullptr) return std::nullopt;
  int64_t number = 0;
  const char* const end = value->text.data() + value->text.size();
  const auto [stop, error] = std::from_chars(value->text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<bool> find_bool(const Item& item, std::string_view name) {
  const AttributeValue* value = find(item, name, Type::kBool);
  if (value == nullptr) return std::nullopt;
  return value->flag;
}

const std::vector<std::string>& find_string_set(const Item& item, std::string_view name) {
  static const std::vector<std::string> none;
  const AttributeValue* value = find(item, name, Type::kStringSet);
  return value == nullptr ? none : value->texts;
}

}  // namespace querymark
