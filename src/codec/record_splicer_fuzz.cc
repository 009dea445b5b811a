// SPDX-License-Identifier: Apache-2.0
// Each object that the scanner takes is spliced: what comes out is on one line and is a record again; where
// it is UTF-8 and no member stands twice, a full parser finds in it what it found before, edited; and without
// edits it is what it was, but for line breaks.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "codec/record_object.h"
#include "codec/record_splicer.h"

using namespace querymark;
using nlohmann::json;

static void require(bool condition) {
  if (!condition) std::abort();
}

static std::string splice(std::string_view object, std::span<const MemberEdit> edits) {
  std::string out;
  splice_record(object, edits, out);
  return out;
}

// The members in order; nullopt where the parser takes less than the scanner, or one stands twice.
static std::optional<std::vector<std::pair<std::string, json>>> members_of(std::string_view object) {
  std::vector<std::string> keys;
  const json parsed = json::parse(
      object,
      [&](int depth, json::parse_event_t event, json& value) {
        if (event == json::parse_event_t::key && depth == 1) keys.push_back(value.get<std::string>());
        return true;
      },
      false);
  if (parsed.is_discarded()) return std::nullopt;
  if (keys.size() != parsed.size()) return std::nullopt;
  std::vector<std::pair<std::string, json>> members;
  members.reserve(keys.size());
  for (const std::string& key : keys) members.emplace_back(key, parsed[key]);
  return members;
}

static void check_edits(std::string_view object, std::span<const MemberEdit> edits) {
  const std::string spliced = splice(object, edits);
  require(spliced.find('\n') == std::string::npos && spliced.find('\r') == std::string::npos);
  const RecordObject again = read_object(spliced, 0, MarkMembers::kVerdict);
  require(again.status == ObjectStatus::kWhole && again.end == spliced.size());
  require(splice(spliced, edits) == spliced);

  auto expected = members_of(object);
  if (!expected) return;
  for (const MemberEdit& edit : edits) {
    const auto found = std::find_if(expected->begin(), expected->end(),
                                    [&](const auto& member) { return member.first == edit.name; });
    if (edit.value.empty()) {
      if (found != expected->end()) expected->erase(found);
    } else if (found != expected->end()) {
      found->second = json::parse(edit.value);
    } else {
      expected->emplace_back(edit.name, json::parse(edit.value));
    }
  }
  require(members_of(spliced) == expected);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!text.starts_with('{')) return 0;
  const RecordObject read = read_object(text, 0, MarkMembers::kVerdict);
  if (read.status != ObjectStatus::kWhole) return 0;
  const std::string_view object = text.substr(0, read.end);

  const std::array<MemberEdit, 3> edits{
      {{"isMatchedDomain", "\"Y\""}, {"match", ""}, {"registeredDomain", "[null]"}}};
  check_edits(object, edits);
  check_edits(object, std::span(edits).first(1));
  std::string one_line(object);
  std::erase_if(one_line, [](char c) { return c == '\n' || c == '\r'; });
  require(splice(object, {}) == one_line);

  std::string quoted;
  append_json_string(text, quoted);
  std::string back;
  unescape_json(std::string_view(quoted).substr(1, quoted.size() - 2), back);
  require(back == text);
  return 0;
}
