// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "aws/digest.h"
#include "aws/dynamodb_request.h"
#include "aws/loopback_server.h"
#include "domains/dynamodb_item.h"

// For tests: a table that answers BatchGetItem, to stand behind a LoopbackServer.
//
//   FakeDynamoDb table({"evil.com"});
//   LoopbackServer server([&](const LoopbackRequest& request) { return table.answer(request); });
namespace querymark {

class FakeDynamoDb {
 public:
  using json = nlohmann::json;

  // Items with the key alone.
  explicit FakeDynamoDb(const std::vector<std::string>& names = {}) {
    for (const std::string& name : names) put({{"domainName", {{"S", name}}}});
  }

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
    return with_crc(batch_get(json::parse(request.body)).dump());
  }
  static LoopbackReply with_crc(const std::string& body) {
    return LoopbackReply::with(200, body, {{"x-amz-crc32", std::to_string(crc32(body))}});
  }

  size_t requests() const { return requests_; }
  size_t keys_asked() const { return keys_asked_; }

 private:
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

  std::map<std::string, json> items_;
  std::set<std::string> left_over_;
  std::atomic<size_t> requests_ = 0;
  std::atomic<size_t> keys_asked_ = 0;
};

}  // namespace querymark
