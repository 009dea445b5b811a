// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// What an entry of the table of interesting domains stands for, and how it is kept.
namespace querymark {

// What the list meant: this name alone, or it and everything below it (on label boundaries).
enum class EntryScope : uint8_t { kExact, kSubtree };

// Whether `registered` matching takes the entry for its registrable domain (as the reference does), or the
// entry counts there only where its own name is one. `listed` matching looks at the name and scope of every
// entry.
enum class EntryKeep : uint8_t { kRegistered, kListed };

// How a run matches: by the query name's registrable domain, or by the most specific listed name among the
// query name and its parents.
enum class MatchMode : uint8_t { kRegistered, kListed };

std::string_view to_string(EntryScope scope);  // "exact", "subtree"
std::string_view to_string(EntryKeep keep);    // "registered", "listed"
std::string_view to_string(MatchMode mode);    // "registered", "listed"
std::optional<EntryScope> parse_entry_scope(std::string_view text);
std::optional<EntryKeep> parse_entry_keep(std::string_view text);
std::optional<MatchMode> parse_match_mode(std::string_view text);

}  // namespace querymark
