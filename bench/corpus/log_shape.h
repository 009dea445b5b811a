// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "corpus/records.h"

// The shapes in which logs arrive, all with the same records in them:
//
//   minified    {"version":"1.100000",…}                 one a line, as in S3
//   python      {"version": "1.100000", …}               as the json module of Python writes
//   pretty      {\n    "version": "1.100000",\n …\n}     as documents show them
//   wrapped     {"message":"{\"version\":…}"}            as older delivery streams got them
//   cloudwatch  {"messageType":"DATA_MESSAGE",…,"logEvents":[{"id":…,"message":"{\"version\":…}"},…]}
//               a subscription filter's batches of 100, one a line, with a control message first
namespace querymark::corpus {

enum class LogShape : uint8_t { kMinified, kPython, kPretty, kWrapped, kCloudwatch };
inline constexpr std::string_view kLogShapeNames[] = {"minified", "python", "pretty", "wrapped",
                                                      "cloudwatch"};

std::optional<LogShape> parse_log_shape(std::string_view text);

// A minified JSON object, written otherwise.
void append_python(std::string& out, std::string_view json);
void append_pretty(std::string& out, std::string_view json);
void append_wrapped(std::string& out, std::string_view json);

inline constexpr uint64_t kEventsPerEnvelope = 100;

// Records [begin, end) of a source in a shape, ended by a line break. The parts of a log put one after
// another are the log where parts begin at multiples of kEventsPerEnvelope.
void append_log(std::string& out, const RecordSource& records, LogShape shape, uint64_t begin, uint64_t end);

}  // namespace querymark::corpus
