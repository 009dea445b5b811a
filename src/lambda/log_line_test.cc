// SPDX-License-Identifier: Apache-2.0
#include "lambda/log_line.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "lambda/embedded_metrics.h"

namespace querymark {
namespace {

TEST(LogLine, IsJsonWhateverTheTexts) {
  EXPECT_EQ(log_line("ERROR", "it \"failed\"\n", "r", {{"reason", "a\\b"}, {"count", size_t{3}}}),
            R"({"level":"ERROR","message":"it \"failed\"\n","requestId":"r","reason":"a\\b","count":3})");
}

TEST(EmbeddedMetrics, IsTheFormThatCloudWatchDocuments) {
  const std::array<Metric, 2> metrics = {{{"Records", 500}, {"Matched", 0}}};
  EXPECT_EQ(nlohmann::json::parse(embedded_metrics("f", "r", 1795533532000, metrics)),
            nlohmann::json::parse(R"({
    "_aws": {"Timestamp": 1795533532000, "CloudWatchMetrics": [{
      "Namespace": "querymark", "Dimensions": [["FunctionName"]],
      "Metrics": [{"Name": "Records", "Unit": "Count"}, {"Name": "Matched", "Unit": "Count"}]}]},
    "FunctionName": "f", "requestId": "r", "Records": 500, "Matched": 0})"));
}

}  // namespace
}  // namespace querymark
