// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace querymark {

// A marked record as text that any reader of JSON takes: bytes that are no UTF-8 become U+FFFD.
std::string valid_utf8(std::string_view text);

// Its top-level members that are strings; of equal names the last. Empty where it is no JSON to simdjson,
// which is stricter than we are with numbers and escapes.
std::map<std::string, std::string, std::less<>> string_members(std::string_view record);

// For who cannot take it whole: without `answers`, saying so by "answersLeftOut":true.
std::string without_answers(std::string_view record);

}  // namespace querymark
