// SPDX-License-Identifier: Apache-2.0
#include "lambda/log_line.h"

#include "codec/json_string.h"

namespace querymark {

LogField::LogField(std::string_view field_name, std::string_view text) : name(field_name) {
  append_json_string(text, json);
}

std::string log_line(std::string_view level, std::string_view message, std::string_view request_id,
                     std::initializer_list<LogField> fields) {
  std::string line = "{\"level\":";
  append_json_string(level, line);
  line += ",\"message\":";
  append_json_string(message, line);
  line += ",\"requestId\":";
  append_json_string(request_id, line);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(field.name, line);
    line.append(":").append(field.json);
  }
  line += '}';
  return line;
}

}  // namespace querymark
