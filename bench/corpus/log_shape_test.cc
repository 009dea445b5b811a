// SPDX-License-Identifier: Apache-2.0
#include "corpus/log_shape.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

namespace querymark::corpus {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr uint64_t kCount = 250;

std::string log(LogShape shape, uint64_t begin = 0, uint64_t end = kCount) {
  std::string out;
  append_log(out, RecordSource(1), shape, begin, end);
  return out;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> records() {
  return lines(log(LogShape::kMinified));
}

TEST(LogShape, PythonIsWhatThatJsonModuleWrites) {
  std::string out;
  append_python(out, R"({"a":"x\",:\\","b":[],"c":{"d":["e","f"]}})");
  EXPECT_EQ(out, R"({"a": "x\",:\\", "b": [], "c": {"d": ["e", "f"]}})");
}

TEST(LogShape, PrettyIsIndentedByFourBlanks) {
  for (const std::string& record : records()) {
    std::string out;
    append_pretty(out, record);
    EXPECT_EQ(out, ordered_json::parse(record).dump(4));
  }
}

TEST(LogShape, PrettyAndPythonKeepTheRecords) {
  const std::vector<std::string> expected = records();
  const std::vector<std::string> python = lines(log(LogShape::kPython));
  std::istringstream pretty(log(LogShape::kPretty));
  ASSERT_EQ(python.size(), kCount);
  for (uint64_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(ordered_json::parse(python[i]).dump(), expected[i]);
    ordered_json object;
    pretty >> object;
    EXPECT_EQ(object.dump(), expected[i]);
  }
}

TEST(LogShape, WrappedHoldsTheRecordAsAString) {
  const std::vector<std::string> expected = records();
  const std::vector<std::string> wrapped = lines(log(LogShape::kWrapped));
  ASSERT_EQ(wrapped.size(), kCount);
  for (uint64_t i = 0; i < kCount; ++i) EXPECT_EQ(json::parse(wrapped[i])["message"], expected[i]);
}

TEST(LogShape, CloudwatchBatchesRecordsAfterAControlMessage) {
  const std::vector<std::string> expected = records();
  const std::vector<std::string> envelopes = lines(log(LogShape::kCloudwatch));
  ASSERT_EQ(envelopes.size(), 4u);
  EXPECT_EQ(json::parse(envelopes[0])["messageType"], "CONTROL_MESSAGE");
  std::vector<std::string> messages;
  for (size_t i = 1; i < envelopes.size(); ++i) {
    const json envelope = json::parse(envelopes[i]);
    EXPECT_EQ(envelope["messageType"], "DATA_MESSAGE");
    for (const json& event : envelope["logEvents"]) {
      EXPECT_EQ(event["id"].get<std::string>().size(), 56u);
      messages.push_back(event["message"]);
    }
  }
  EXPECT_EQ(messages, expected);
}

TEST(LogShape, PartsPutTogetherAreTheLog) {
  for (const LogShape shape : {LogShape::kMinified, LogShape::kPretty, LogShape::kCloudwatch}) {
    EXPECT_EQ(log(shape, 0, 100) + log(shape, 100, 200) + log(shape, 200, kCount), log(shape));
  }
}

TEST(LogShape, NamesAreParsed) {
  EXPECT_EQ(parse_log_shape("cloudwatch"), LogShape::kCloudwatch);
  EXPECT_EQ(parse_log_shape("xml"), std::nullopt);
}

}  // namespace
}  // namespace querymark::corpus
