// SPDX-License-Identifier: Apache-2.0
// SuffixTable against the slow reading of the list's algorithm (suffix_reference.h).
#include "psl/suffix_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

namespace querymark {
namespace {

void expect_same(const SuffixRules& rules, const SuffixTable& table, const std::string& name) {
  for (const SuffixSections sections : {SuffixSections::kIcannAndPrivate, SuffixSections::kIcann}) {
    const SuffixMatch expected = find_suffix_slowly(rules, sections, name);
    ASSERT_EQ(describe(name, table.with_sections(sections).find(name)), describe(name, expected)) << name;
  }
}

// Every name of up to `depth` of the labels.
std::vector<std::string> all_names(const std::vector<std::string>& labels, int depth) {
  std::vector<std::string> names = labels;
  for (size_t begin = 0; depth > 1; --depth) {
    const size_t end = names.size();
    for (; begin < end; ++begin)
      for (const std::string& label : labels) names.push_back(label + "." + names[begin]);
  }
  return names;
}

TEST(SuffixReference, AllSmallNamesUnderRandomRules) {
  std::mt19937 random(1);
  // Labels of less than, exactly and more than the 8 and 16 bytes that the table takes at once.
  const std::vector<std::string> labels = {
      "a", "ab", "b678901", "c6789012", "x6789012", "d67890123", "c678901234567890123456"};
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> used;
    std::sample(labels.begin(), labels.end(), std::back_inserter(used), 4, random);
    const std::vector<std::string> names = all_names(used, 4);
    SuffixRules rules;
    for (size_t count = 1 + random() % 8; count > 0; --count) {
      SuffixRule rule{names[random() % names.size()], static_cast<SuffixRuleKind>(random() % 3),
                      static_cast<SuffixSection>(random() % 2)};
      if (parent_name(rule.name).empty()) rule.kind = SuffixRuleKind::kNormal;
      rules.rules.push_back(rule);
    }
    const SuffixTable table = SuffixTable::compile(rules);
    for (const std::string& name : names) ASSERT_NO_FATAL_FAILURE(expect_same(rules, table, name));
  }
}

SuffixRules list_of_the_build() {
  std::ifstream file(QUERYMARK_PSL_FILE);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return *parse_suffix_rules(text, QUERYMARK_PSL_FILE);
}

// Only rules with the same last label can match, which makes the slow reading fast enough for the real list.
SuffixRules rules_that_end_as(const SuffixRules& rules, std::string_view name) {
  SuffixRules selected;
  const std::string_view top = labels_of(name).back();
  for (const SuffixRule& rule : rules.rules)
    if (is_equal_or_below(rule.name, top)) selected.rules.push_back(rule);
  return selected;
}

TEST(SuffixReference, EveryRuleOfTheRealListAndNamesAroundIt) {
  const SuffixRules rules = list_of_the_build();
  const SuffixTable& table = SuffixTable::built_in();
  std::mt19937 random(1);
  const std::string_view prefixes[] = {
      "", "x.", "www.", "b.a.", "\xD0.", "amazonaws.com.", "a23456789.b.", "city."};
  std::map<std::string, SuffixRules, std::less<>> by_top;
  for (const SuffixRule& rule : rules.rules) {
    const std::string top(labels_of(std::string_view(rule.name)).back());
    if (!by_top.contains(top)) by_top[top] = rules_that_end_as(rules, top);
  }
  for (const SuffixRule& rule : rules.rules) {
    std::string name(prefixes[random() % std::size(prefixes)]);
    name += rule.name;
    // Sometimes a letter is another: a name that only looks like the rule.
    if (random() % 4 == 0) name[random() % name.size()] = 'x';
    const DomainName normal = normalize_name(name);
    if (!normal.ok()) continue;
    const std::string_view top = labels_of(normal.text()).back();
    const auto found = by_top.find(top);
    const SuffixRules& candidates = found == by_top.end() ? SuffixRules{} : found->second;
    ASSERT_NO_FATAL_FAILURE(expect_same(candidates, table, std::string(normal.text())));
  }
}

}  // namespace
}  // namespace querymark
