// SPDX-License-Identifier: Apache-2.0
#include "corpus/log_shape.h"

#include <algorithm>
#include <iterator>

#include "corpus/text.h"

namespace querymark::corpus {
namespace {

// The string that begins at `at`, quotes included.
std::string_view string_at(std::string_view json, size_t at) {
  size_t end = at + 1;
  while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return json.substr(at, end + 1 - at);
}

void append_line_break(std::string& out, size_t depth) {
  out += '\n';
  out.append(4 * depth, ' ');
}

constexpr uint64_t kEventIdPart = 1'000'000'000'000'000'000;

// As the inside of a JSON string.
void append_escaped(std::string& out, std::string_view json) {
  for (const char c : json) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
}

void append_event(std::string& out, std::string_view json, uint64_t index, uint64_t time_ms) {
  out += R"({"id":"39)";
  for (uint64_t part = 0; part < 3; ++part) append_number(out, mix(3 * index + part) % kEventIdPart, 18);
  out += R"(","timestamp":)";
  append_number(out, time_ms);
  out += R"(,"message":")";
  append_escaped(out, json);
  out += "\"},";
}

constexpr std::string_view kControlMessage =
    R"({"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"",)"
    R"("subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1772323200000,)"
    R"("message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]})"
    "\n";

constexpr std::string_view kDataMessage =
    R"({"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/route53/resolver",)"
    R"("logStream":"vpc-00000000000000001_rslvr","subscriptionFilters":["to-firehose"],"logEvents":[)";

void append_envelopes(std::string& out, const RecordSource& records, uint64_t begin, uint64_t end) {
  if (begin == 0) out += kControlMessage;
  std::string json;
  for (uint64_t index = begin; index < end;) {
    out += kDataMessage;
    for (const uint64_t stop = std::min(end, index + kEventsPerEnvelope); index < stop; ++index) {
      json.clear();
      records.append(index, json);
      append_event(out, json, index, records.time_ms(index));
    }
    out.pop_back();
    out += "]}\n";
  }
}

}  // namespace

std::optional<LogShape> parse_log_shape(std::string_view text) {
  const auto* const found = std::find(std::begin(kLogShapeNames), std::end(kLogShapeNames), text);
  if (found == std::end(kLogShapeNames)) return std::nullopt;
  return static_cast<LogShape>(found - std::begin(kLogShapeNames));
}

void append_python(std::string& out, std::string_view json) {
  for (size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      const std::string_view string = string_at(json, at);
      out += string;
      at += string.size();
      continue;
    }
    out += json[at];
    if (json[at] == ',' || json[at] == ':') out += ' ';
    ++at;
  }
}

void append_pretty(std::string& out, std::string_view json) {
  size_t depth = 0;
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    const bool opens = c == '{' || c == '[';
    const bool closes = c == '}' || c == ']';
    if (c == '"') {
      const std::string_view string = string_at(json, at);
      out += string;
      at += string.size() - 1;
    } else if (opens && (json[at + 1] == '}' || json[at + 1] == ']')) {
      out += json.substr(at++, 2);
    } else {
      if (closes) append_line_break(out, --depth);
      out += c;
      if (c == ':') out += ' ';
      if (opens) ++depth;
      if (opens || c == ',') append_line_break(out, depth);
    }
  }
}

void append_wrapped(std::string& out, std::string_view json) {
  out += R"({"message":")";
  append_escaped(out, json);
  out += "\"}";
}

void append_log(std::string& out, const RecordSource& records, LogShape shape, uint64_t begin, uint64_t end) {
  if (shape == LogShape::kCloudwatch) return append_envelopes(out, records, begin, end);
  std::string json;
  for (uint64_t index = begin; index < end; ++index) {
    json.clear();
    records.append(index, shape == LogShape::kMinified ? out : json);
    if (shape == LogShape::kPython) append_python(out, json);
    if (shape == LogShape::kPretty) append_pretty(out, json);
    if (shape == LogShape::kWrapped) append_wrapped(out, json);
    out += '\n';
  }
}

}  // namespace querymark::corpus
