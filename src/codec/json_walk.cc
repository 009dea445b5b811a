// SPDX-License-Identifier: Apache-2.0
#include "codec/json_walk.h"

#include <array>

#include "codec/json_string.h"

namespace querymark {
namespace {

// What a walk through a value stops at.
constexpr std::array<bool, 256> kStops = [] {
  std::array<bool, 256> stops{};
  for (const char c : {'"', '{', '}', '[', ']'}) stops[static_cast<unsigned char>(c)] = true;
  return stops;
}();

bool is_stop(char c) {
  return kStops[static_cast<unsigned char>(c)];
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// The end of the brackets that open at `at`.
size_t skip_brackets(std::string_view json, size_t at) {
  size_t depth = 0;
  for (;;) {
    while (!is_stop(json[at])) ++at;
    const char c = json[at];
    if (c == '"') {
      at = find_string_end(json, at + 1) + 1;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') {
      ++depth;
    } else if (--depth == 0) {
      return at;
    }
  }
}

// Steps from the end of a value, or from the opening bracket, to what follows the comma or bracket; false
// where a closing bracket follows.
bool step(std::string_view json, size_t& at) {
  at = skip_blanks(json, at);
  if (json[at] == ',' || at == 0) at = skip_blanks(json, at + 1);
  return json[at] != '}' && json[at] != ']';
}

}  // namespace

size_t skip_blanks(std::string_view json, size_t at) {
  while (is_blank(json[at])) ++at;
  return at;
}

size_t skip_value(std::string_view json, size_t at) {
  switch (json[at]) {
    case '"':
      return find_string_end(json, at + 1) + 1;
    case '{':
    case '[':
      return skip_brackets(json, at);
    default:
      while (json[at] != ',' && json[at] != '}' && json[at] != ']' && !is_blank(json[at])) ++at;
      return at;
  }
}

bool JsonMembers::next() {
  begin_ = end_;
  if (!step(object_, begin_)) return false;
  key_end_ = find_string_end(object_, begin_ + 1);
  const size_t colon = skip_blanks(object_, key_end_ + 1);
  value_begin_ = skip_blanks(object_, colon + 1);
  end_ = skip_value(object_, value_begin_);
  return true;
}

bool JsonElements::next() {
  begin_ = end_;
  if (!step(array_, begin_)) return false;
  end_ = skip_value(array_, begin_);
  return true;
}

}  // namespace querymark
