// SPDX-License-Identifier: Apache-2.0
#include "dns/entry_scope.h"

namespace querymark {

std::string_view to_string(EntryScope scope) {
  return scope == EntryScope::kExact ? "exact" : "subtree";
}

std::string_view to_string(EntryKeep keep) {
  return keep == EntryKeep::kRegistered ? "registered" : "listed";
}

std::string_view to_string(MatchMode mode) {
  return mode == MatchMode::kRegistered ? "registered" : "listed";
}

std::optional<EntryScope> parse_entry_scope(std::string_view text) {
  if (text == "exact") return EntryScope::kExact;
  if (text == "subtree") return EntryScope::kSubtree;
  return std::nullopt;
}

std::optional<EntryKeep> parse_entry_keep(std::string_view text) {
  if (text == "registered") return EntryKeep::kRegistered;
  if (text == "listed") return EntryKeep::kListed;
  return std::nullopt;
}

std::optional<MatchMode> parse_match_mode(std::string_view text) {
  if (text == "registered") return MatchMode::kRegistered;
  if (text == "listed") return MatchMode::kListed;
  return std::nullopt;
}

}  // namespace querymark
