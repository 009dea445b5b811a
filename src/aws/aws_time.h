// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// The three ways in which AWS writes a time, all UTC, to the second.
namespace querymark {

using SystemTime = std::chrono::system_clock::time_point;

// "20150830T123600Z": X-Amz-Date.
std::string format_amz_date(SystemTime time);

// "2026-11-24T15:18:52Z", also with a fraction (dropped) or an offset such as +00:00: expiry of credentials.
std::optional<SystemTime> parse_iso8601(std::string_view text);

// "Tue, 24 Nov 2026 15:18:52 GMT": the Date header.
std::optional<SystemTime> parse_http_date(std::string_view text);

}  // namespace querymark
