// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace querymark {

// A line of a function's log as JSON, which CloudWatch Logs Insights takes apart.
//
//   log_line("ERROR", "notification failed", "8476…", {{"reason", "SNS PublishBatch: …"}, {"count", 3}})
//   {"level":"ERROR","message":"notification failed","requestId":"8476…","reason":"SNS PublishBatch: …",
//    "count":3}
//
// Records are never put into it. Without a line feed.
struct LogField {
  LogField(std::string_view field_name, std::string_view text);
  LogField(std::string_view field_name, const char* text) : LogField(field_name, std::string_view(text)) {}
  LogField(std::string_view field_name, size_t number) : name(field_name), json(std::to_string(number)) {}

  std::string_view name;
  std::string json;
};

std::string log_line(std::string_view level, std::string_view message, std::string_view request_id,
                     std::initializer_list<LogField> fields = {});

}  // namespace querymark
