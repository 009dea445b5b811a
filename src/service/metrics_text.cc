// SPDX-License-Identifier: Apache-2.0
#include "service/metrics_text.h"

#include <charconv>
#include <cmath>

namespace querymark {
namespace {

void append_escaped(std::string_view value, std::string& out) {
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

}  // namespace

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  text_.append(" ").append(type).append("\n");
}

void MetricsText::sample(double value) {
  text_ += name_;
  append_value(value);
}

void MetricsText::sample(std::string_view label, std::string_view label_value, double value) {
  text_.append(name_).append("{").append(label).append("=\"");
  append_escaped(label_value, text_);
  text_ += "\"}";
  append_value(value);
}

void MetricsText::counter(std::string_view name, std::string_view help, double value) {
  family(name, "counter", help);
  sample(value);
}

void MetricsText::gauge(std::string_view name, std::string_view help, double value) {
  family(name, "gauge", help);
  sample(value);
}

void MetricsText::append_value(double value) {
  char digits[32];
  const auto written = std::floor(value) == value && std::abs(value) < 9e15
                           ? std::to_chars(digits, digits + sizeof digits, static_cast<int64_t>(value))
                           : std::to_chars(digits, digits + sizeof digits, value);
  text_ += ' ';
  text_.append(digits, written.ptr);
  text_ += '\n';
}

}  // namespace querymark
