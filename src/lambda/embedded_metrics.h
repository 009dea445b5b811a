// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// CloudWatch metrics as a line of a function's log, in the embedded metric format: CloudWatch Logs makes
// metrics of it, and no request is sent.
//
//   {"_aws":{"Timestamp":1795533532000,"CloudWatchMetrics":[{"Namespace":"querymark","Dimensions":
//   [["FunctionName"]],"Metrics":[{"Name":"Records","Unit":"Count"}]}]},"FunctionName":"f",…,"Records":500}
//
// Cost: a microsecond. Threads: pure.
namespace querymark {

struct Metric {
  std::string_view name;
  uint64_t value;
};

// Without a line feed. `time_ms`: Unix milliseconds. `request_id` is a property, to look for in the log.
std::string embedded_metrics(std::string_view function_name, std::string_view request_id, int64_t time_ms,
                             std::span<const Metric> metrics);

}  // namespace querymark
