// SPDX-License-Identifier: Apache-2.0
#include "alert/match_record.h"

#include <simdjson.h>

#include <array>

#include "aws/json_text.h"
#include "codec/record_splicer.h"

namespace querymark {
namespace {

// The size of the UTF-8 sequence that `text` begins with; 0 where it begins with none.
size_t sequence_size(std::string_view text) {
  for (size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    if (is_utf8(text.substr(0, size))) return size;
  }
  return 0;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string valid;
  while (!text.empty()) {
    const size_t size = sequence_size(text);
    if (size == 0) {
      valid += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      valid += text.substr(0, size);
      text.remove_prefix(size);
    }
  }
  return valid;
}

std::map<std::string, std::string, std::less<>> string_members(std::string_view record) {
  std::map<std::string, std::string, std::less<>> members;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(record.data(), record.size()).get_object().get(object) != simdjson::SUCCESS)
    return members;
  for (const auto [name, value] : object) {
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) members.insert_or_assign(std::string(name), text);
  }
  return members;
}

std::string without_answers(std::string_view record) {
  static constexpr std::array<MemberEdit, 2> kEdits = {{{"answers", ""}, {"answersLeftOut", "true"}}};
  std::string shorter;
  splice_record(record, kEdits, shorter);
  return shorter;
}

}  // namespace querymark
