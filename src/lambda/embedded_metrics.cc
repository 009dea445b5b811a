// SPDX-License-Identifier: Apache-2.0
#include "lambda/embedded_metrics.h"

#include "codec/json_string.h"

namespace querymark {

static constexpr std::string_view kNamespace = "querymark";

std::string embedded_metrics(std::string_view function_name, std::string_view request_id, int64_t time_ms,
                             std::span<const Metric> metrics) {
  std::string line =
      "{\"_aws\":{\"Timestamp\":" + std::to_string(time_ms) + ",\"CloudWatchMetrics\":[{\"Namespace\":\"";
  line.append(kNamespace).append("\",\"Dimensions\":[[\"FunctionName\"]],\"Metrics\":[");
  for (const Metric& metric : metrics) {
    if (&metric != metrics.data()) line += ',';
    line.append("{\"Name\":\"").append(metric.name).append("\",\"Unit\":\"Count\"}");
  }
  line += "]}]},\"FunctionName\":";
  append_json_string(function_name, line);
  line += ",\"requestId\":";
  append_json_string(request_id, line);
  for (const Metric& metric : metrics)
    line.append(",\"").append(metric.name).append("\":").append(std::to_string(metric.value));
  line += '}';
  return line;
}

}  // namespace querymark
