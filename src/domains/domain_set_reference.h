// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dns/domain_name.h"
#include "domains/domain_set.h"
#include "domains/domain_set_builder.h"
#include "psl/suffix_table.h"

// The meaning of matching, slowly: every question looks at every row. For tests.
namespace querymark {

struct ReferenceRow {
  std::string name;
  EntryScope scope = EntryScope::kExact;
  EntryKeep keep = EntryKeep::kRegistered;
  bool allow = false;
  uint32_t list = 0;
  uint64_t valid_until = std::numeric_limits<uint64_t>::max();

  DomainSetRow view() const { return {name, scope, keep, allow, list, valid_until}; }
};

struct ReferenceTable {
  const SuffixTable& suffixes;
  std::vector<std::string> list_names;
  std::vector<ReferenceRow> rows;
};

// An answer as a line of text: "allowed evil.com subtree [ads spam]", "none", "failed".
inline std::string describe_answer(DomainMatch::Verdict verdict, std::string_view entry, EntryScope scope,
                                   const std::vector<std::string>& lists) {
  if (verdict == DomainMatch::Verdict::kNone) return "none";
  if (verdict == DomainMatch::Verdict::kFailed) return "failed";
  std::string text = verdict == DomainMatch::Verdict::kAllowed ? "allowed " : "interesting ";
  text.append(entry).append(" ").append(to_string(scope)).append(" [");
  for (size_t i = 0; i < lists.size(); ++i) text.append(i == 0 ? "" : " ").append(lists[i]);
  return text.append("]");
}

inline std::string describe(const DomainSet& set, const DomainMatch& match) {
  return describe_answer(match.verdict, match.entry, match.scope, set.list_names(match));
}

// The answer of the rows that decide together: the widest scope, and every list.
inline std::string describe_rows(const ReferenceTable& table, const std::vector<const ReferenceRow*>& rows,
                                 std::string_view entry) {
  EntryScope scope = EntryScope::kExact;
  std::set<std::string> lists;
  for (const ReferenceRow* row : rows) {
    scope = std::max(scope, row->scope);
    lists.insert(table.list_names[row->list]);
  }
  const auto verdict =
      rows.front()->allow ? DomainMatch::Verdict::kAllowed : DomainMatch::Verdict::kInteresting;
  return describe_answer(verdict, entry, scope, {lists.begin(), lists.end()});
}

// Whether a row counts for a registrable domain in registered matching.
inline bool falls_on(const ReferenceTable& table, const ReferenceRow& row, std::string_view domain) {
  const std::string_view row_domain = table.suffixes.registrable_domain(row.name);
  if (row_domain.empty() || row_domain != domain) return false;
  return row.name == domain || (!row.allow && row.keep == EntryKeep::kRegistered);
}

inline std::string find_registered_slowly(const ReferenceTable& table, std::string_view query_name) {
  const std::string_view domain = table.suffixes.registrable_domain(query_name);
  if (domain.empty()) return "none";
  for (const bool allow : {true, false}) {
    std::vector<const ReferenceRow*> rows;
    for (const ReferenceRow& row : table.rows)
      if (row.allow == allow && falls_on(table, row, domain)) rows.push_back(&row);
    if (!rows.empty()) return describe_rows(table, rows, domain);
  }
  return "none";
}

inline std::string find_listed_slowly(const ReferenceTable& table, std::string_view query_name) {
  for (std::string_view name = query_name; !name.empty(); name = parent_name(name)) {
    for (const bool allow : {true, false}) {
      std::vector<const ReferenceRow*> rows;
      bool applies = false;
      for (const ReferenceRow& row : table.rows) {
        if (row.allow != allow || row.name != name) continue;
        rows.push_back(&row);
        applies |= row.scope == EntryScope::kSubtree || name == query_name;
      }
      if (applies) return describe_rows(table, rows, name);
    }
  }
  return "none";
}

inline std::string find_slowly(const ReferenceTable& table, MatchMode mode, std::string_view query_name) {
  return mode == MatchMode::kRegistered ? find_registered_slowly(table, query_name)
                                        : find_listed_slowly(table, query_name);
}

// What the set answers.
inline std::string find_in_set(const DomainSet& set, const SuffixTable& suffixes, MatchMode mode,
                               std::string_view query_name) {
  if (mode == MatchMode::kListed) return describe(set, set.find_listed(query_name));
  const std::string_view domain = suffixes.registrable_domain(query_name);
  if (domain.empty()) return "none";
  return describe(set, set.find_registered(domain, set.hash(domain)));
}

}  // namespace querymark
