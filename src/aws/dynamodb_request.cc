// SPDX-License-Identifier: Apache-2.0
#include "aws/dynamodb_request.h"

#include "aws/digest.h"
#include "aws/json_text.h"

namespace querymark {
namespace {

using Type = AttributeValue::Type;

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kString:
      return "S";
    case Type::kNumber:
      return "N";
    case Type::kBinary:
      return "B";
    case Type::kBool:
      return "BOOL";
    case Type::kNull:
      return "NULL";
    case Type::kStringSet:
      return "SS";
    case Type::kNumberSet:
      return "NS";
    case Type::kBinarySet:
      return "BS";
    case Type::kList:
      return "L";
    case Type::kMap:
      return "M";
  }
  return "";
}

// An object that grows by members, each with a comma before it where it is not the first.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  std::string& member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json_string(member(name), value); }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

template <typename Range, typename Append>
void append_array(std::string& out, const Range& range, const Append& append) {
  out += '[';
  bool first = true;
  for (const auto& element : range) {
    if (!first) out += ',';
    first = false;
    append(element);
  }
  out += ']';
}

// ProjectionExpression by placeholders, since half of all useful names are reserved words.
void write_read_options(ObjectWriter& object, const ReadOptions& options) {
  if (options.consistent) object.member("ConsistentRead") += "true";
  if (options.attributes.empty()) return;
  std::string projection;
  for (size_t i = 0; i < options.attributes.size(); ++i) {
    projection.append(i == 0 ? "#a" : ",#a").append(std::to_string(i));
  }
  object.text("ProjectionExpression", projection);
  ObjectWriter names(object.member("ExpressionAttributeNames"));
  for (size_t i = 0; i < options.attributes.size(); ++i)
    names.text("#a" + std::to_string(i), options.attributes[i]);
  names.end();
}

void write_expression(ObjectWriter& object, const Expression& expression) {
  if (!expression.update.empty()) object.text("UpdateExpression", expression.update);
  if (!expression.condition.empty()) object.text("ConditionExpression", expression.condition);
  if (!expression.names.empty()) {
    ObjectWriter names(object.member("ExpressionAttributeNames"));
    for (const auto& [placeholder, name] : expression.names) names.text(placeholder, name);
    names.end();
  }
  if (!expression.values.empty()) append_item(object.member("ExpressionAttributeValues"), expression.values);
}

}  // namespace

void append_attribute(std::string& out, const AttributeValue& value) {
  ObjectWriter object(out);
  object.member(type_name(value.type));
  switch (value.type) {
    case Type::kString:
    case Type::kNumber:
      append_json_string(out, value.text);
      break;
    case Type::kBinary:
      append_json_string(out, to_base64(value.text));
      break;
    case Type::kBool:
      out += value.flag ? "true" : "false";
      break;
    case Type::kNull:
      out += "true";
      break;
    case Type::kStringSet:
    case Type::kNumberSet:
      append_array(out, value.texts, [&out](const std::string& text) { append_json_string(out, text); });
      break;
    case Type::kBinarySet:
      append_array(out, value.texts,
                   [&out](const std::string& text) { append_json_string(out, to_base64(text)); });
      break;
    case Type::kList:
      append_array(out, value.list,
                   [&out](const AttributeValue& element) { append_attribute(out, element); });
      break;
    case Type::kMap:
      append_item(out, value.members);
      break;
  }
  object.end();
}

void append_item(std::string& out, const Item& item) {
  ObjectWriter object(out);
  for (const auto& [name, value] : item) append_attribute(object.member(name), value);
  object.end();
}

std::string get_item_body(std::string_view table, const Item& key, const ReadOptions& options) {
  std::string body;
  ObjectWriter object(body);
  object.text("TableName", table);
  append_item(object.member("Key"), key);
  write_read_options(object, options);
  object.end();
  return body;
}

std::string batch_get_body(std::string_view table, std::span<const Item> keys, const ReadOptions& options) {
  std::string body;
  ObjectWriter object(body);
  ObjectWriter tables(object.member("RequestItems"));
  ObjectWriter request(tables.member(table));
  append_array(request.member("Keys"), keys, [&body](const Item& key) { append_item(body, key); });
  write_read_options(request, options);
  request.end();
  tables.end();
  object.end();
  return body;
}

std::string batch_write_body(std::string_view table, std::span<const ItemWrite> writes) {
  std::string body;
  ObjectWriter object(body);
  ObjectWriter tables(object.member("RequestItems"));
  append_array(tables.member(table), writes, [&body](const ItemWrite& write) {
    const bool put = write.kind == ItemWrite::Kind::kPut;
    ObjectWriter request(body);
    ObjectWriter what(request.member(put ? "PutRequest" : "DeleteRequest"));
    append_item(what.member(put ? "Item" : "Key"), write.item);
    what.end();
    request.end();
  });
  tables.end();
  object.end();
  return body;
}

std::string put_item_body(std::string_view table, const Item& item, const Expression& expression) {
  std::string body;
  ObjectWriter object(body);
  object.text("TableName", table);
  append_item(object.member("Item"), item);
  write_expression(object, expression);
  object.end();
  return body;
}

std::string update_item_body(std::string_view table, const Item& key, const Expression& expression,
                             ReturnValues values) {
  std::string body;
  ObjectWriter object(body);
  object.text("TableName", table);
  append_item(object.member("Key"), key);
  write_expression(object, expression);
  if (values == ReturnValues::kAllOld) object.text("ReturnValues", "ALL_OLD");
  if (values == ReturnValues::kAllNew) object.text("ReturnValues", "ALL_NEW");
  object.end();
  return body;
}

std::string delete_item_body(std::string_view table, const Item& key, const Expression& expression) {
  std::string body;
  ObjectWriter object(body);
  object.text("TableName", table);
  append_item(object.member("Key"), key);
  write_expression(object, expression);
  object.text("ReturnValues", "ALL_OLD");
  object.end();
  return body;
}

std::string scan_body(std::string_view table, const ScanOptions& options, const Item& after) {
  std::string body;
  ObjectWriter object(body);
  object.text("TableName", table);
  write_read_options(object, options.read);
  if (options.page_items_max) object.member("Limit") += std::to_string(*options.page_items_max);
  if (options.segments > 1) {
    object.member("Segment") += std::to_string(options.segment);
    object.member("TotalSegments") += std::to_string(options.segments);
  }
  if (!after.empty()) append_item(object.member("ExclusiveStartKey"), after);
  object.end();
  return body;
}

std::string describe_table_body(std::string_view table) {
  std::string body;
  ObjectWriter object(body);
  object.text("TableName", table);
  object.end();
  return body;
}

}  // namespace querymark
