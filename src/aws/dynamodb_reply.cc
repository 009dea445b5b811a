// SPDX-License-Identifier: Apache-2.0
#include "aws/dynamodb_reply.h"

#include <simdjson.h>

#include <string>

#include "aws/digest.h"

namespace querymark {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using Type = AttributeValue::Type;

// Of items within items; DynamoDB's own bound is 32.
constexpr size_t kNestingMax = 40;

// Thrown nowhere: each reader says whether it could, and the first that could not, what was wrong.
class Reader {
 public:
  Error error() const { return Error::corrupt("reply: " + why_); }

  bool fail(std::string_view why) {
    if (why_.empty()) why_ = why;
    return false;
  }

  bool parse(std::string_view body, object& document) {
    const bool parsed = !body.empty() &&  // simdjson copies from where it lies: from nowhere, if empty
                        parser_.parse(body.data(), body.size()).get(document) == simdjson::SUCCESS;
    return parsed || fail("not a JSON object");
  }

  bool read(element json, std::string& text) {
    std::string_view view;
    if (json.get(view) != simdjson::SUCCESS) return fail("text expected");
    text = view;
    return true;
  }

  bool read_binary(element json, std::string& bytes) {
    std::string_view view;
    if (json.get(view) != simdjson::SUCCESS) return fail("base64 expected");
    Result<std::string> decoded = from_base64(view);
    if (!decoded) return fail("base64 expected");
    bytes = *std::move(decoded);
    return true;
  }

  template <typename Element, typename Read>
  bool read_array(element json, std::vector<Element>& out, const Read& read_one) {
    simdjson::dom::array array;
    if (json.get(array) != simdjson::SUCCESS) return fail("array expected");
    for (const element one : array) {
      out.emplace_back();
      if (!read_one(one, out.back())) return false;
    }
    return true;
  }

  bool read(element json, Item& item, size_t depth = 0) {
    object members;
    if (json.get(members) != simdjson::SUCCESS) return fail("item expected");
    if (depth > kNestingMax) return fail("nested too deep");
    for (const simdjson::dom::key_value_pair member : members) {
      const auto [entry, is_new] = item.try_emplace(std::string(member.key));
      if (!is_new) return fail("attribute named twice");
      if (!read(member.value, entry->second, depth)) return false;
    }
    return true;
  }

  bool read(element json, AttributeValue& value, size_t depth) {
    object typed;
    if (json.get(typed) != simdjson::SUCCESS || typed.size() != 1) return fail("typed value expected");
    const simdjson::dom::key_value_pair member = *typed.begin();
    const auto text = [this](element one, std::string& out) { return read(one, out); };
    const auto binary = [this](element one, std::string& out) { return read_binary(one, out); };
    if (member.key == "S") return set(value, Type::kString) && read(member.value, value.text);
    if (member.key == "N") return set(value, Type::kNumber) && read(member.value, value.text);
    if (member.key == "B") return set(value, Type::kBinary) && read_binary(member.value, value.text);
    if (member.key == "SS")
      return set(value, Type::kStringSet) && read_array(member.value, value.texts, text);
    if (member.key == "NS")
      return set(value, Type::kNumberSet) && read_array(member.value, value.texts, text);
    if (member.key == "BS")
      return set(value, Type::kBinarySet) && read_array(member.value, value.texts, binary);
    if (member.key == "NULL") return set(value, Type::kNull);
    if (member.key == "M") return set(value, Type::kMap) && read(member.value, value.members, depth + 1);
    if (member.key == "BOOL") {
      const bool is_bool = member.value.get(value.flag) == simdjson::SUCCESS;
      return set(value, Type::kBool) && (is_bool || fail("true or false expected"));
    }
    if (member.key == "L") {
      if (depth > kNestingMax) return fail("nested too deep");
      return set(value, Type::kList) &&
             read_array(member.value, value.list, [this, depth](element one, AttributeValue& out) {
               return read(one, out, depth + 1);
             });
    }
    return fail("value of an unknown type");
  }

  bool read_items(element json, std::vector<Item>& items) {
    return read_array(json, items, [this](element one, Item& item) { return read(one, item); });
  }

  bool read(element json, ItemWrite& write) {
    element inner;
    write.kind = ItemWrite::Kind::kPut;
    if (json["PutRequest"]["Item"].get(inner) == simdjson::SUCCESS) return read(inner, write.item);
    write.kind = ItemWrite::Kind::kDelete;
    if (json["DeleteRequest"]["Key"].get(inner) == simdjson::SUCCESS) return read(inner, write.item);
    return fail("neither a put nor a delete");
  }

 private:
  static bool set(AttributeValue& value, Type type) {
    value.type = type;
    return true;
  }

  simdjson::dom::parser parser_;
  std::string why_;
};

// A table's own member of `member`, if there is one. The table may have been named by its ARN, or by another
// spelling of it, so that the only member is the table's.
std::optional<element> find_table(object document, std::string_view member, std::string_view table) {
  object tables;
  if (document[member].get(tables) != simdjson::SUCCESS) return std::nullopt;
  element found;
  if (tables[table].get(found) == simdjson::SUCCESS) return found;
  if (tables.size() != 1) return std::nullopt;
  return (*tables.begin()).value;
}

}  // namespace

Result<std::optional<Item>> read_item_reply(std::string_view body, std::string_view member) {
  Reader reader;
  object document;
  if (!reader.parse(body, document)) return reader.error();
  element json;
  if (document[member].get(json) != simdjson::SUCCESS) return std::optional<Item>();
  Item item;
  if (!reader.read(json, item)) return reader.error();
  return std::optional<Item>(std::move(item));
}

Result<BatchGetReply> read_batch_get_reply(std::string_view body, std::string_view table) {
  Reader reader;
  object document;
  BatchGetReply reply;
  if (!reader.parse(body, document)) return reader.error();
  object responses;
  if (document["Responses"].get(responses) != simdjson::SUCCESS) return Error::corrupt("reply: no Responses");
  if (const auto items = find_table(document, "Responses", table)) {
    if (!reader.read_items(*items, reply.items)) return reader.error();
  }
  if (const auto left = find_table(document, "UnprocessedKeys", table)) {
    element keys;
    if ((*left)["Keys"].get(keys) != simdjson::SUCCESS)
      return Error::corrupt("reply: UnprocessedKeys without Keys");
    if (!reader.read_items(keys, reply.unprocessed)) return reader.error();
  }
  return reply;
}

Result<std::vector<ItemWrite>> read_batch_write_reply(std::string_view body, std::string_view table) {
  Reader reader;
  object document;
  std::vector<ItemWrite> left;
  if (!reader.parse(body, document)) return reader.error();
  const auto writes = find_table(document, "UnprocessedItems", table);
  const auto read_one = [&reader](element one, ItemWrite& write) { return reader.read(one, write); };
  if (writes && !reader.read_array(*writes, left, read_one)) return reader.error();
  return left;
}

Result<ScanPage> read_scan_reply(std::string_view body) {
  Reader reader;
  object document;
  ScanPage page;
  if (!reader.parse(body, document)) return reader.error();
  element json;
  if (document["Items"].get(json) != simdjson::SUCCESS) return Error::corrupt("reply: no Items");
  if (!reader.read_items(json, page.items)) return reader.error();
  if (document["LastEvaluatedKey"].get(json) == simdjson::SUCCESS && !reader.read(json, page.last_key)) {
    return reader.error();
  }
  return page;
}

Result<TableDescription> read_describe_table_reply(std::string_view body) {
  Reader reader;
  object document;
  TableDescription table;
  if (!reader.parse(body, document)) return reader.error();
  object json;
  std::string_view status;
  if (document["Table"].get(json) != simdjson::SUCCESS ||
      json["TableStatus"].get(status) != simdjson::SUCCESS) {
    return Error::corrupt("reply: no Table with TableStatus");
  }
  table.status = status;
  if (json["ItemCount"].get(table.item_count) != simdjson::SUCCESS) table.item_count = 0;

  const auto read_key = [&reader](element one, KeyAttribute& key) {
    std::string_view name;
    std::string_view type;
    if (one["AttributeName"].get(name) != simdjson::SUCCESS ||
        one["KeyType"].get(type) != simdjson::SUCCESS) {
      return reader.fail("KeySchema");
    }
    key.name = name;
    key.is_hash = type == "HASH";
    return true;
  };
  element schema;
  if (json["KeySchema"].get(schema) != simdjson::SUCCESS) return Error::corrupt("reply: no KeySchema");
  if (!reader.read_array(schema, table.key, read_key)) return reader.error();
  simdjson::dom::array definitions;
  if (json["AttributeDefinitions"].get(definitions) != simdjson::SUCCESS) return table;
  for (const element definition : definitions) {
    std::string_view name;
    std::string_view type;
    if (definition["AttributeName"].get(name) != simdjson::SUCCESS) continue;
    if (definition["AttributeType"].get(type) != simdjson::SUCCESS) continue;
    for (KeyAttribute& key : table.key) {
      if (key.name == name) key.type = type;
    }
  }
  return table;
}

}  // namespace querymark
