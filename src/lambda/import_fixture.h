// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aws/aws_test_session.h"
#include "domains/fake_dynamodb.h"
#include "lambda/import_interesting_domains.h"

// For tests: S3, DynamoDB and Lambda behind one server, and the function before them.
namespace querymark {

class ImportFunctionTest : public ::testing::Test {
 protected:
  using json = nlohmann::json;

  ImportFunctionTest()
      : server_([this](const LoopbackRequest& request) { return answer(request); }),
        session_(session_with(server_)),
        s3_(*S3::open(*session_, kTestRetries)),
        dynamodb_(*DynamoDb::open(*session_, kTestRetries)),
        lambda_(*Lambda::open(*session_, kTestRetries)) {
    settings_.table = "t";
    settings_.receipt_prefix = "receipts/";
  }

  // Puts an object into the bucket "lists" and gives the event that S3 tells of it.
  std::string upload(const std::string& key, const std::string& text) {
    objects_["/lists/" + key] = text;
    return event_of({key});
  }

  std::string event_of(const std::vector<std::string>& keys) {
    json records = json::array();
    for (const std::string& key : keys) {
      records.push_back({{"eventVersion", "2.1"},
                         {"eventSource", "aws:s3"},
                         {"eventName", "ObjectCreated:Put"},
                         {"s3",
                          {{"bucket", {{"name", "lists"}}},
                           {"object", {{"key", key}, {"eTag", etag_}, {"sequencer", "1"}}}}}});
    }
    return json{{"Records", records}}.dump();
  }

  // The response, or the error. `time`: that the invocation has.
  std::string invoke(const std::string& event, std::chrono::milliseconds time = std::chrono::minutes(1)) {
    Invocation invocation;
    invocation.request_id = "id";
    invocation.function_arn = "arn:aws:lambda:eu-west-1:1:function:f";
    invocation.deadline = Deadline::after(time);
    invocation.event = event;
    ImportFunction function(settings_, {s3_, dynamodb_, lambda_},
                            [this](std::string_view line) { log_.emplace_back(line); });
    const Result<std::string> response = function.handle(invocation);
    return response ? *response : "error: " + response.error().detail;
  }

  // "3 found: 2 new, 1 there, 0 skipped"
  static std::string counts(const json& list) {
    uint64_t skipped = 0;
    for (const auto& [reason, count] : list["skipped"].items()) skipped += count.get<uint64_t>();
    const uint64_t found = list["names_found"];
    EXPECT_EQ(found, list["new"].get<uint64_t>() + list["already_there"].get<uint64_t>() + skipped);
    return std::to_string(found) + " found: " + list["new"].dump() + " new, " + list["already_there"].dump() +
           " there, " + std::to_string(skipped) + " skipped";
  }
  std::string import(const std::string& event) {
    const std::string response = invoke(event);
    if (response.starts_with("error")) return response;
    std::string all;
    const json parsed = json::parse(response);
    for (const json& list : parsed["lists"]) all += (all.empty() ? "" : "; ") + counts(list);
    return all;
  }

  std::string items() const {
    std::string names;
    for (const auto& [name, item] : table_.items()) names += (names.empty() ? "" : " ") + name;
    return names;
  }

  // The only one.
  std::string receipt() {
    std::string found;
    for (const auto& [path, text] : objects_) {
      if (!path.starts_with("/lists/receipts/")) continue;
      EXPECT_EQ(found, "");
      found = text;
      receipt_path_ = path;
    }
    return found;
  }

  LoopbackReply answer(const LoopbackRequest& request) {
    if (fault_) {
      LoopbackReply reply;
      if (fault_(request, reply)) return reply;
    }
    if (!request.header("X-Amz-Target").empty()) return table_.answer(request);
    const std::lock_guard lock(mutex_);
    if (request.target.starts_with("/2015-03-31/functions/")) {
      handed_on_.push_back(request.body);
      return LoopbackReply::with(202, "");
    }
    const std::string path = request.target.substr(0, request.target.find('?'));
    if (request.method == "PUT") {
      objects_[path] = request.body;
      return LoopbackReply::with(200, "", {{"ETag", "\"r\""}});
    }
    return get_object(request, path);
  }

  LoopbackReply get_object(const LoopbackRequest& request, const std::string& path) {
    const std::string etag = "\"" + etag_ + "\"";
    const auto object = objects_.find(path);
    if (object == objects_.end())
      return LoopbackReply::with(404, "<Error><Code>NoSuchKey</Code><Message>m</Message></Error>");
    if (!request.header("If-Match").empty() && request.header("If-Match") != etag)
      return LoopbackReply::with(412, "<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>");
    const std::string range(request.header("Range"));
    const std::string& bytes = object->second;
    if (range.empty()) return LoopbackReply::with(200, bytes, {{"ETag", etag}});
    const size_t first = std::stoul(range.substr(6));
    if (first >= bytes.size())
      return LoopbackReply::with(416, "<Error><Code>InvalidRange</Code><Message>m</Message></Error>");
    const size_t last = std::min<size_t>(bytes.size() - 1, std::stoul(range.substr(range.find('-') + 1)));
    std::string place("bytes ");
    place.append(std::to_string(first)).append("-").append(std::to_string(last));
    place.append("/").append(std::to_string(bytes.size()));
    return LoopbackReply::with(206, bytes.substr(first, last - first + 1),
                               {{"ETag", etag}, {"Content-Range", place}});
  }

  std::string etag_ = "e1";
  FakeDynamoDb table_;
  std::mutex mutex_;
  std::map<std::string, std::string> objects_;                         // by path
  std::vector<std::string> handed_on_;                                 // events
  std::function<bool(const LoopbackRequest&, LoopbackReply&)> fault_;  // whether it answers, on any thread
  std::vector<std::string> log_;
  std::string receipt_path_;
  LoopbackServer server_;
  std::unique_ptr<AwsSession> session_;
  S3 s3_;
  DynamoDb dynamodb_;
  Lambda lambda_;
  ImportFunctionSettings settings_;
};

}  // namespace querymark
