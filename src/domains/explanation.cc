// SPDX-License-Identifier: Apache-2.0
#include "domains/explanation.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace querymark {
namespace {

constexpr size_t kEntriesBelowMax = 10;

Result<ExplainedMatch> ask(DomainLookup& lookup, const DomainQuery& query) {
  DomainMatch match;
  const Result<void> found = lookup.find({&query, 1}, {&match, 1});
  if (!found) return found.error();
  ExplainedMatch copy;
  copy.verdict = match.verdict;
  copy.entry = match.entry;
  copy.scope = match.scope;
  copy.lists = lookup.list_names(match);
  return copy;
}

void explain_suffix(const SuffixTable& suffixes, Explanation& explanation) {
  const std::string& name = explanation.normal_name;
  explanation.is_ip_address = is_ipv4_text(name);
  if (explanation.is_ip_address) return;
  const SuffixMatch match = suffixes.find(name);
  if (!match.found) return;
  explanation.rule = SuffixTable::rule_text(name, match);
  explanation.section = match.section;
  explanation.is_public_suffix = match.suffix_begin == 0;
  explanation.registrable_domain = suffixes.registrable_domain(name);
}

// The registered verdict came from a name below the registrable domain when no entry of that domain itself is
// kept.
bool stands_for_names_below(const Explanation& explanation) {
  if (explanation.registered.verdict != DomainMatch::Verdict::kInteresting) return false;
  return std::none_of(explanation.entries.begin(), explanation.entries.end(), [&](const StoredEntry& entry) {
    return !entry.allow && entry.name == explanation.registrable_domain;
  });
}

Result<void> find_entries(DomainTable& table, Explanation& explanation) {
  for (std::string_view name = explanation.normal_name; !name.empty(); name = parent_name(name)) {
    Result<std::vector<StoredEntry>> found = table.find_entries(name);
    if (!found) return found.error();
    std::move(found->begin(), found->end(), std::back_inserter(explanation.entries));
  }
  if (!stands_for_names_below(explanation)) return {};
  Result<std::vector<StoredEntry>> below =
      table.find_entries_below(explanation.registrable_domain, kEntriesBelowMax);
  if (!below) return below.error();
  for (StoredEntry& entry : *below) {
    if (!is_equal_or_below(explanation.normal_name, entry.name))
      explanation.entries.push_back(std::move(entry));
  }
  return {};
}

}  // namespace

Result<Explanation> explain_name(std::string_view text, const SuffixTable& suffixes,
                                 const ExplainedTable& table) {
  Explanation explanation;
  explanation.text = text;
  const DomainName name = normalize_name(text);
  explanation.name_error = name.error();
  if (!name.ok()) return explanation;
  explanation.normal_name = name.text();
  explain_suffix(suffixes, explanation);

  const DomainQuery query{explanation.normal_name, suffixes.registrable_domain(explanation.normal_name)};
  if (!query.registrable.empty()) {
    Result<ExplainedMatch> registered = ask(table.registered, query);
    if (!registered) return registered.error();
    explanation.registered = *std::move(registered);
  }
  Result<ExplainedMatch> listed = ask(table.listed, query);
  if (!listed) return listed.error();
  explanation.listed = *std::move(listed);
  if (table.entries != nullptr) {
    if (const Result<void> found = find_entries(*table.entries, explanation); !found) return found.error();
  }
  return explanation;
}

}  // namespace querymark
