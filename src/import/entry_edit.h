// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domains/domain_table.h"
#include "psl/suffix_table.h"

// Single entries of the table, added and removed by hand.
namespace querymark {

struct EntryEdit {
  std::vector<std::string> names;  // in any form that a log has
  std::string list = "manual";
  EntryScope scope = EntryScope::kExact;
  EntryKeep keep = EntryKeep::kRegistered;
  std::optional<std::string> note = {};
  std::optional<int64_t> expires = {};  // Unix seconds
  int64_t now = 0;                      // Unix seconds
  bool allow = false;
  bool force = false;  // take ICANN suffixes
};

struct EntryEditOutcome {
  ListUpdateCounts counts;
  std::vector<std::string> warnings;  // of what an entry will not do
};

// All the names or, where one cannot be an entry, none: kInvalid says which and why.
Result<EntryEditOutcome> add_entries(const EntryEdit& edit, const SuffixTable& suffixes, DomainTable& table);

// The names in normal form; kInvalid where one is no name.
Result<std::vector<std::string>> normal_names(const std::vector<std::string>& texts);

}  // namespace querymark
