// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/aws_test_session.h"
#include "aws/digest.h"
#include "domains/fake_dynamodb.h"
#include "lambda/stream_processor.h"

// For tests: a stream processor whose table and topic are a server of the test's own, events made of
// payloads, and answers read back.
namespace querymark {

// The event of these payloads; ids are "id-0", "id-1", …
inline std::string firehose_event(const std::vector<std::string>& payloads) {
  nlohmann::json records = nlohmann::json::array();
  for (const std::string& payload : payloads) {
    records.push_back({{"recordId", "id-" + std::to_string(records.size())},
                       {"approximateArrivalTimestamp", 1594747547653},
                       {"data", to_base64(payload)}});
  }
  return nlohmann::json{{"invocationId", "i"},
                        {"deliveryStreamArn", "arn:aws:firehose:us-east-1:999999999999:deliverystream/s"},
                        {"region", "us-east-1"},
                        {"records", records}}
      .dump();
}

// "Ok <data, decoded>", "Dropped", … of each record, after its id has been looked at.
inline std::vector<std::string> read_response(const std::string& response) {
  std::vector<std::string> answers;
  const nlohmann::json parsed = nlohmann::json::parse(response);
  for (const nlohmann::json& record : parsed["records"]) {
    EXPECT_EQ(record["recordId"], "id-" + std::to_string(answers.size()));
    std::string answer = record["result"];
    if (record.contains("data")) answer += " " + *from_base64(record["data"].get<std::string>());
    answers.push_back(std::move(answer));
  }
  return answers;
}

inline std::string query(const std::string& name, const std::string& more = "") {
  return R"({"query_name":")" + name + R"(.","srcaddr":"10.0.0.1","vpc_id":"vpc-1")" + more + "}";
}
inline std::string marked(std::string record, const std::string& verdict) {
  record.pop_back();
  return record + R"(,"isMatchedDomain":")" + verdict + "\"}\n";
}

// A form's fields, by name.
inline std::map<std::string, std::string> read_form(std::string_view body) {
  std::map<std::string, std::string> fields;
  const auto decode = [](std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%') {
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
      } else {
        out += text[i] == '+' ? ' ' : text[i];
      }
    }
    return out;
  };
  while (!body.empty()) {
    const std::string_view field = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), field.size() + 1));
    const size_t equals = field.find('=');
    fields[decode(field.substr(0, equals))] = decode(field.substr(equals + 1));
  }
  return fields;
}

// What a topic says to PublishBatch when it takes every message.
inline LoopbackReply take_messages(const LoopbackRequest& request) {
  std::string taken;
  for (const auto& [name, value] : read_form(request.body)) {
    if (name.ends_with(".Id")) taken += "<member><Id>" + value + "</Id><MessageId>m</MessageId></member>";
  }
  return LoopbackReply::with(200, "<PublishBatchResponse><PublishBatchResult><Failed/><Successful>" + taken +
                                      "</Successful></PublishBatchResult></PublishBatchResponse>");
}

class StreamProcessorFixture : public ::testing::Test {
 protected:
  StreamProcessorFixture() {
    settings_.table = "t";
    settings_.topic_arn = "arn:aws:sns:eu-west-1:123456789012:matches";
    settings_.function_name = "f";
    options_.table_retries = kTestRetries;
    options_.topic_retries = kTestRetries;
    options_.clock = [this] { return std::chrono::system_clock::time_point(std::chrono::seconds(now_)); };
  }

  // Of a new processor, with what the test has set so far.
  void open() {
    processor_.reset();
    server_ = std::make_unique<LoopbackServer>([this](const LoopbackRequest& request) {
      if (!request.header("X-Amz-Target").empty()) return on_table_(request);
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        published_.push_back(read_form(request.body));
      }
      return on_topic_(request);
    });
    session_ = session_with(*server_);
    auto opened = StreamProcessor::open(*session_, settings_, options_,
                                        [this](std::string_view line) { log_.emplace_back(line); });
    ASSERT_TRUE(opened) << opened.error().detail;
    processor_ = *std::move(opened);
  }

  Result<std::string> process_event(std::string event, Deadline deadline = Deadline::after(kPatience)) {
    if (!processor_) open();
    Invocation invocation;
    invocation.request_id = "request-1";
    invocation.deadline = deadline;
    invocation.event = std::move(event);
    return processor_->process(invocation);
  }
  // The answers; or one "failed: …" where the invocation failed.
  std::vector<std::string> process(const std::vector<std::string>& payloads,
                                   Deadline deadline = Deadline::after(kPatience)) {
    const Result<std::string> response = process_event(firehose_event(payloads), deadline);
    if (!response) return {"failed: " + response.error().detail};
    return read_response(*response);
  }
  std::string process_one(const std::string& payload) { return process({payload})[0]; }

  // Of the last invocation.
  uint64_t metric(const std::string& name) const { return nlohmann::json::parse(log_.back()).at(name); }
  // Messages of all PublishBatch requests, those of each sorted by their place in it.
  std::vector<std::string> published(const std::string& field = "Message") const {
    std::vector<std::string> values;
    for (const auto& form : published_) {
      for (size_t i = 1; i <= 10; ++i) {
        const auto found = form.find("PublishBatchRequestEntries.member." + std::to_string(i) + "." + field);
        if (found != form.end()) values.push_back(found->second);
      }
    }
    return values;
  }

  static constexpr std::chrono::seconds kPatience{60};

  FakeDynamoDb table_{{"evil.com", "bad.co.uk"}};
  LoopbackServer::Handler on_table_ = [this](const LoopbackRequest& request) {
    return table_.answer(request);
  };
  LoopbackServer::Handler on_topic_ = take_messages;
  StreamProcessorSettings settings_;
  StreamProcessorOptions options_;
  int64_t now_ = 1'795'533'532;
  std::mutex mutex_;
  std::vector<std::map<std::string, std::string>> published_;
  std::vector<std::string> log_;
  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::unique_ptr<StreamProcessor> processor_;
};

}  // namespace querymark
