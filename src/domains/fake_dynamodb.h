// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "aws/digest.h"
#include "aws/dynamodb_request.h"
#include "aws/loopback_server.h"
#include "domains/dynamodb_item.h"

// For tests: a table, to stand behind a LoopbackServer.
//
//   FakeDynamoDb table({"evil.com"});
//   LoopbackServer server([&](const LoopbackRequest& request) { return table.answer(request); });
namespace querymark {

class FakeDynamoDb {
 public:
  using json = nlohmann::json;

  // Items with the key alone.
  explicit FakeDynamoDb(const std::vector<std::string>& names = {}) {
    for (const std::string& name : names) put_name(name);
  }

  void put_name(const std::string& name) { put(json{{"domainName", {{"S", name}}}}); }
  void put(const json& item) { items_[item["domainName"]["S"].get<std::string>()] = item; }
  void put(const DynamoDbItem& item) {
    std::string text;
    append_item(text, item.to_item());
    put(json::parse(text));
  }
  // These keys are left over, whenever they are asked for.
  void leave_over(const std::set<std::string>& keys) { left_over_ = keys; }

  LoopbackReply answer(const LoopbackRequest& request) {
    ++requests_;
    const std::lock_guard lock(mutex_);
    const std::string_view target = request.header("X-Amz-Target");
    const std::string_view action = target.substr(target.find('.') + 1);
    const json body = json::parse(request.body);
    ++actions_[std::string(action)];
    if (action == "BatchWriteItem") return with_crc(batch_write(body).dump());
    if (action == "Scan") return with_crc(scan(body).dump());
    if (action == "DescribeTable") return with_crc(describe().dump());
    return with_crc(batch_get(body).dump());
  }
  static LoopbackReply with_crc(const std::string& body) {
    return LoopbackReply::with(200, body, {{"x-amz-crc32", std::to_string(crc32(body))}});
  }

  size_t requests() const { return requests_; }
  size_t keys_asked() const { return keys_asked_; }
  // REQUIRES: of these, that nobody asks meanwhile.
  size_t requests(const std::string& action) { return actions_[action]; }
  const std::map<std::string, json>& items() const { return items_; }
  // A page of a scan holds so many items.
  void set_page_size(size_t items) { page_size_ = items; }

 private:
  json batch_write(const json& request) {
    json answer = {{"UnprocessedItems", json::object()}};
    for (const auto& [table, writes] : request["RequestItems"].items()) {
      for (const json& write : writes) {
        const bool is_put = write.contains("PutRequest");
        const json& item = is_put ? write["PutRequest"]["Item"] : write["DeleteRequest"]["Key"];
        const std::string name = item["domainName"]["S"];
        if (left_over_.contains(name)) {
          answer["UnprocessedItems"][table].push_back(write);
        } else if (is_put) {
          items_[name] = item;
        } else {
          items_.erase(name);
        }
      }
    }
    return answer;
  }

  json scan(const json& request) const {
    json answer = {{"Items", json::array()}};
    auto item = items_.begin();
    if (request.contains("ExclusiveStartKey"))
      item = items_.upper_bound(request["ExclusiveStartKey"]["domainName"]["S"].get<std::string>());
    const size_t size_max = request.value("Limit", page_size_);
    for (; item != items_.end() && answer["Items"].size() < size_max; ++item) {
      answer["Items"].push_back(item->second);
    }
    if (item != items_.end())
      answer["LastEvaluatedKey"] = {{"domainName", answer["Items"].back()["domainName"]}};
    return answer;
  }

  json describe() const {
    return {{"Table",
             {{"TableStatus", "ACTIVE"},
              {"ItemCount", items_.size()},
              {"AttributeDefinitions", {{{"AttributeName", "domainName"}, {"AttributeType", "S"}}}},
              {"KeySchema", {{{"AttributeName", "domainName"}, {"KeyType", "HASH"}}}}}}};
  }

  json batch_get(const json& request) {
    json answer = {{"Responses", json::object()}, {"UnprocessedKeys", json::object()}};
    for (const auto& [table, asked] : request["RequestItems"].items()) {
      answer["Responses"][table] = json::array();
      for (const json& key : asked["Keys"]) {
        ++keys_asked_;
        const std::string name = key["domainName"]["S"];
        if (left_over_.contains(name)) {
          answer["UnprocessedKeys"][table]["Keys"].push_back(key);
        } else if (const auto item = items_.find(name); item != items_.end()) {
          answer["Responses"][table].push_back(item->second);
        }
      }
    }
    return answer;
  }

  std::mutex mutex_;
  std::map<std::string, json> items_;
  std::map<std::string, size_t> actions_;
  size_t page_size_ = 1000;
  std::set<std::string> left_over_;
  std::atomic<size_t> requests_ = 0;
  std::atomic<size_t> keys_asked_ = 0;
};

}  // namespace querymark
