// SPDX-License-Identifier: Apache-2.0
#include "psl/suffix_table.h"

#include <utility>

#include "base/file.h"
#include "dns/domain_name.h"

namespace querymark {
namespace {

// Which of an edge's rules a run asks.
struct AskedRules {
  uint64_t normal = SuffixEdge::kIcannNormal;
  uint64_t wildcard = SuffixEdge::kIcannWildcard;
  uint64_t exception = SuffixEdge::kIcannException;
};

constexpr AskedRules asked_rules(SuffixSections sections) {
  if (sections == SuffixSections::kIcann) return {};
  return {SuffixEdge::kIcannNormal | SuffixEdge::kPrivateNormal,
          SuffixEdge::kIcannWildcard | SuffixEdge::kPrivateWildcard,
          SuffixEdge::kIcannException | SuffixEdge::kPrivateException};
}

constexpr uint64_t kIcannRules =
    SuffixEdge::kIcannNormal | SuffixEdge::kIcannWildcard | SuffixEdge::kIcannException;

void prevail(SuffixMatch& match, SuffixRuleKind kind, uint64_t rules, size_t suffix_begin) {
  match.found = true;
  match.kind = kind;
  match.section = (rules & kIcannRules) != 0 ? SuffixSection::kIcann : SuffixSection::kPrivate;
  match.suffix_begin = static_cast<uint16_t>(suffix_begin);
}

}  // namespace

SuffixTable::SuffixTable(const SuffixImage& image, std::shared_ptr<const CompiledSuffixes> owner)
    : image_(image), owner_(std::move(owner)), version_(image.version) {}

const SuffixTable& SuffixTable::built_in() {
  static const SuffixTable table(kBuiltInSuffixes, nullptr);
  return table;
}

SuffixTable SuffixTable::compile(const SuffixRules& rules) {
  std::shared_ptr<const CompiledSuffixes> compiled = compile_suffixes(rules);
  const SuffixImage& image = compiled->image;
  return SuffixTable(image, std::move(compiled));
}

Result<SuffixTable> SuffixTable::load(const std::string& path) {
  const Result<std::string> text = read_file(path, kSuffixListSizeMax);
  if (!text) return text.error();
  const Result<SuffixRules> rules = parse_suffix_rules(*text, path);
  if (!rules) return rules.error();
  return compile(*rules);
}

SuffixTable SuffixTable::with_sections(SuffixSections sections) const {
  SuffixTable table = *this;
  table.sections_ = sections;
  return table;
}

// Walks the tree from the root by the name's labels, from the right. Every node passed may have rules that
// match; the last normal or wildcard rule is the longest, and an exception beats both.
SuffixMatch SuffixTable::find(std::string_view normal_name) const {
  const AskedRules asked = asked_rules(sections_);
  SuffixMatch match;
  uint64_t node = 0;
  uint64_t rules = SuffixEdge::kGoesOn;  // of the node
  size_t end = normal_name.size();       // of the next label
  while ((rules & SuffixEdge::kGoesOn) != 0) {
    const SuffixLabel label = suffix_label_before(normal_name, end);
    if (match.found && match.suffix_begin == end + 1)
      match.registrable_begin = static_cast<uint16_t>(label.begin);

    const SuffixEdge* edge = image_.edges.find(node, normal_name, label);
    const uint64_t parent_rules = std::exchange(rules, edge == nullptr ? 0 : edge->rest);
    if ((rules & asked.exception) != 0) {
      prevail(match, SuffixRuleKind::kException, rules & asked.exception, end + 1);
      match.registrable_begin = static_cast<uint16_t>(label.begin);
    } else if (match.kind != SuffixRuleKind::kException) {
      if ((rules & asked.normal) != 0)
        prevail(match, SuffixRuleKind::kNormal, rules & asked.normal, label.begin);
      else if ((parent_rules & asked.wildcard) != 0)
        prevail(match, SuffixRuleKind::kWildcard, parent_rules & asked.wildcard, label.begin);
    }
    if (edge != nullptr) node = image_.edges.node(edge);
    end = label.begin - 1;
    if (label.begin == 0) break;
  }
  // The walk ended with the suffix itself: the registrable domain has one label more, if the name has.
  if (match.found && match.suffix_begin == end + 1) {
    match.registrable_begin = match.suffix_begin;
    if (match.suffix_begin != 0)
      match.registrable_begin =
          static_cast<uint16_t>(suffix_label_before(normal_name, match.suffix_begin - size_t{1}).begin);
  }
  return match;
}

std::string_view SuffixTable::registrable_domain(std::string_view normal_name) const {
  if (normal_name.empty()) return {};
  const bool ends_in_digit = normal_name.back() >= '0' && normal_name.back() <= '9';
  if (ends_in_digit && is_ipv4_text(normal_name)) return {};
  const SuffixMatch match = find(normal_name);
  return match.found ? normal_name.substr(match.registrable_begin) : std::string_view();
}

bool SuffixTable::is_public_suffix(std::string_view normal_name) const {
  if (normal_name.empty()) return false;
  const SuffixMatch match = find(normal_name);
  return match.found && match.suffix_begin == 0;
}

std::string SuffixTable::rule_text(std::string_view normal_name, const SuffixMatch& match) {
  std::string text;
  switch (match.kind) {
    case SuffixRuleKind::kNormal:
      return text.append(normal_name.substr(match.suffix_begin));
    case SuffixRuleKind::kException:
      return text.append("!").append(normal_name.substr(match.registrable_begin));
    case SuffixRuleKind::kWildcard:
      break;
  }
  return text.append("*.").append(parent_name(normal_name.substr(match.suffix_begin)));
}

size_t SuffixTable::rule_count() const {
  const bool icann_only = sections_ == SuffixSections::kIcann;
  return image_.icann_rule_count + (icann_only ? 0 : image_.private_rule_count);
}

std::string SuffixTable::identity() const {
  return version_ + (sections_ == SuffixSections::kIcann ? " icann" : " icann+private");
}

}  // namespace querymark
