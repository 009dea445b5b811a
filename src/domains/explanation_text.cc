// SPDX-License-Identifier: Apache-2.0
#include "domains/explanation_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "domains/entry_text.h"

namespace querymark {
namespace {

using Json = nlohmann::ordered_json;

const ExplainedMatch& match_in(const Explanation& explanation, MatchMode mode) {
  return mode == MatchMode::kRegistered ? explanation.registered : explanation.listed;
}

std::string_view section_text(SuffixSection section) {
  return section == SuffixSection::kIcann ? "ICANN" : "PRIVATE";
}

std::string line(std::string_view label, std::string_view value) {
  constexpr size_t kValueColumn = 20;
  std::string text(label);
  text.resize(std::max(text.size(), kValueColumn), ' ');
  return text.append(value) + "\n";
}

// Why the name has no registrable domain, or an odd one; empty for a name like any other.
std::string remark(const Explanation& explanation) {
  if (explanation.name_error != NameError::kNone)
    return "no name that could be asked for: " + std::string(to_string(explanation.name_error));
  if (explanation.is_ip_address) return "an IP address, not a domain name";
  if (explanation.rule.empty())
    return "no rule of the suffix list applies: its top-level domain is not public";
  if (explanation.is_public_suffix) return "is itself a public suffix and stands for itself";
  return "";
}

Json match_json(const ExplainedMatch& match) {
  switch (match.verdict) {
    case DomainMatch::Verdict::kNone:
      return {{"verdict", "N"}};
    case DomainMatch::Verdict::kFailed:
      return {{"verdict", "failed"}};
    case DomainMatch::Verdict::kInteresting:
    case DomainMatch::Verdict::kAllowed:
      break;
  }
  const bool allowed = match.verdict == DomainMatch::Verdict::kAllowed;
  return {{"verdict", allowed ? "N" : "Y"},
          {"allowed", allowed},
          {"entry", match.entry},
          {"scope", to_string(match.scope)},
          {"lists", match.lists}};
}

}  // namespace

std::string verdict_text(const ExplainedMatch& match) {
  std::string by = match.entry + (match.scope == EntryScope::kSubtree ? " and below" : "") + " in ";
  for (size_t i = 0; i < match.lists.size(); ++i) by += (i == 0 ? "" : ", ") + match.lists[i];
  switch (match.verdict) {
    case DomainMatch::Verdict::kNone:
      return "N";
    case DomainMatch::Verdict::kInteresting:
      return "Y, by " + by;
    case DomainMatch::Verdict::kAllowed:
      return "N: allowed by " + by;
    case DomainMatch::Verdict::kFailed:
      return "unknown: the set is damaged";
  }
  return "";
}

std::string explanation_text(const Explanation& explanation, std::span<const MatchMode> modes) {
  std::string text = line("name", explanation.text);
  if (explanation.normal_name != explanation.text && !explanation.normal_name.empty())
    text += line("normal form", explanation.normal_name);
  if (!explanation.rule.empty())
    text += line("suffix rule",
                 explanation.rule + " (" + std::string(section_text(explanation.section)) + " section)");
  text += line("first-level domain",
               explanation.registrable_domain.empty() ? "none" : explanation.registrable_domain);
  if (const std::string note = remark(explanation); !note.empty()) text += line("remark", note);
  for (const MatchMode mode : modes) text += line(to_string(mode), verdict_text(match_in(explanation, mode)));
  for (const StoredEntry& entry : explanation.entries) text += line("entry", entry_text(entry));
  return text;
}

std::string explanation_json(const Explanation& explanation, std::span<const MatchMode> modes) {
  Json json = {{"name", explanation.text}};
  json["normal_name"] = explanation.normal_name;
  json["suffix_rule"] = explanation.rule.empty() ? Json(nullptr) : Json(explanation.rule);
  json["section"] = explanation.rule.empty() ? Json(nullptr) : Json(section_text(explanation.section));
  json["public_suffix"] = explanation.is_public_suffix;
  json["registered_domain"] =
      explanation.registrable_domain.empty() ? Json(nullptr) : Json(explanation.registrable_domain);
  if (const std::string note = remark(explanation); !note.empty()) json["remark"] = note;
  for (const MatchMode mode : modes)
    json[std::string(to_string(mode))] = match_json(match_in(explanation, mode));
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.back() = ',';
  text += "\"entries\":[";
  for (size_t i = 0; i < explanation.entries.size(); ++i) {
    if (i > 0) text += ",";
    text += entry_json(explanation.entries[i]);
  }
  return text + "]}";
}

}  // namespace querymark
