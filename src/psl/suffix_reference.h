// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "dns/domain_name.h"
#include "psl/suffix_rules.h"
#include "psl/suffix_table.h"

// The Public Suffix List's algorithm as its text says it, slowly: every rule is tried against the name. What
// tests and fuzz targets hold SuffixTable against.
namespace querymark {

inline std::vector<std::string_view> labels_of(std::string_view name) {
  std::vector<std::string_view> labels;
  for (; !name.empty(); name = parent_name(name)) labels.push_back(name.substr(0, name.find('.')));
  return labels;
}

// The rule as labels: "*.ck" is {"*", "ck"}.
inline std::vector<std::string_view> labels_of(const SuffixRule& rule) {
  std::vector<std::string_view> labels = labels_of(std::string_view(rule.name));
  if (rule.kind == SuffixRuleKind::kWildcard) labels.insert(labels.begin(), "*");
  return labels;
}

// "A domain is said to match a rule if, and only if, [it ends with] the labels in the rule […] either they
// are identical, or the label from the rule is "*"."
inline bool rule_matches(const std::vector<std::string_view>& rule,
                         const std::vector<std::string_view>& name) {
  if (rule.size() > name.size()) return false;
  for (size_t i = 0; i < rule.size(); ++i) {
    const std::string_view label = rule[rule.size() - 1 - i];
    if (label != "*" && label != name[name.size() - 1 - i]) return false;
  }
  return true;
}

// Whether `a` prevails over `b`, both matching the same name: exceptions, then more labels; what the
// algorithm leaves open goes to the rule without a wildcard, then to the ICANN section.
inline bool prevails(const SuffixRule& a, const SuffixRule& b) {
  const auto rank = [](const SuffixRule& rule) {
    return std::tuple(rule.kind == SuffixRuleKind::kException, labels_of(rule).size(),
                      rule.kind != SuffixRuleKind::kWildcard, rule.section == SuffixSection::kIcann);
  };
  return rank(a) > rank(b);
}

// REQUIRES: name is a normal form.
inline SuffixMatch find_suffix_slowly(const SuffixRules& rules, SuffixSections sections,
                                      std::string_view name) {
  const std::vector<std::string_view> labels = labels_of(name);
  const SuffixRule* prevailing = nullptr;
  for (const SuffixRule& rule : rules.rules) {
    if (sections == SuffixSections::kIcann && rule.section != SuffixSection::kIcann) continue;
    if (!rule_matches(labels_of(rule), labels)) continue;
    if (prevailing == nullptr || prevails(rule, *prevailing)) prevailing = &rule;
  }
  SuffixMatch match;
  if (prevailing == nullptr) return match;
  const bool exception = prevailing->kind == SuffixRuleKind::kException;
  const size_t suffix_labels = labels_of(*prevailing).size() - (exception ? 1 : 0);
  const auto begin_of_last = [&](size_t count) {
    return static_cast<uint16_t>(labels[labels.size() - count].data() - name.data());
  };
  match.found = true;
  match.kind = prevailing->kind;
  match.section = prevailing->section;
  match.suffix_begin = begin_of_last(suffix_labels);
  match.registrable_begin = begin_of_last(std::min(suffix_labels + 1, labels.size()));
  return match;
}

// A match as a line of text, to be compared and read: "ck: *.ck icann" or "none".
inline std::string describe(std::string_view name, const SuffixMatch& match) {
  if (!match.found) return "none";
  std::string text(name.substr(match.registrable_begin));
  text.append(" | ").append(name.substr(match.suffix_begin));
  text.append(" | ").append(SuffixTable::rule_text(name, match));
  return text.append(match.section == SuffixSection::kIcann ? " icann" : " private");
}

}  // namespace querymark
