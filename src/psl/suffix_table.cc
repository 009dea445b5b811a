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

SuffixRuleKind kind_of(uint64_t rules) {
  if ((rules & (SuffixEdge::kIcannException | SuffixEdge::kPrivateException)) != 0)
    return SuffixRuleKind::kException;
  if ((rules & (SuffixEdge::kIcannWildcard | SuffixEdge::kPrivateWildcard)) != 0)
    return SuffixRuleKind::kWildcard;
  return SuffixRuleKind::kNormal;
}

// The rule that prevails so far in a walk, and what it says. `rules`: bits of SuffixEdge::rest of one kind,
// or 0.
struct Prevailing {
  uint64_t rules = 0;
  size_t suffix_begin = 0;
  size_t registrable_begin = 0;
};

// Walks the tree from the root by the name's labels, from the right. Every node passed may have rules that
// match: the last normal or wildcard rule is the longest, and an exception beats both. Few branches: what
// they would turn on is different in every name.
Prevailing walk(const SuffixEdges& edges, const AskedRules& asked, std::string_view name) {
  Prevailing best;
  bool excepted = false;
  uint64_t node = 0;
  uint64_t rest = SuffixEdge::kGoesOn;  // SuffixEdge::rest of the node
  SuffixLabels labels(name);
  size_t begin = name.size() + 1;  // of the last label taken
  while ((rest & SuffixEdge::kGoesOn) != 0 && begin != 0) {
    const size_t end = begin - 1;
    const SuffixLabel label = labels.before(end);
    best.registrable_begin = best.suffix_begin == begin ? label.begin : best.registrable_begin;
    begin = label.begin;

    const SuffixEdge* edge = edges.find(node, name, label);
    const uint64_t parent_rest = rest;
    rest = edge == nullptr ? 0 : edge->rest;
    node = edge == nullptr ? 0 : edges.node(edge);
    const uint64_t normal = rest & asked.normal;
    const uint64_t matching = normal != 0 ? normal : parent_rest & asked.wildcard;
    const bool longer = matching != 0 && !excepted;
    best.rules = longer ? matching : best.rules;
    best.suffix_begin = longer ? begin : best.suffix_begin;
    if ((rest & asked.exception) != 0) {
      excepted = true;
      best = {rest & asked.exception, end + 1, begin};
    }
  }
  // The walk ended with the suffix itself: the registrable domain has one label more, if the name has.
  if (best.suffix_begin == begin) best.registrable_begin = begin == 0 ? 0 : labels.begin_of(begin - 1);
  return best;
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

SuffixMatch SuffixTable::find(std::string_view normal_name) const {
  const Prevailing best = walk(image_.edges, asked_rules(sections_), normal_name);
  SuffixMatch match;
  if (best.rules == 0) return match;
  match.found = true;
  match.suffix_begin = static_cast<uint16_t>(best.suffix_begin);
  match.registrable_begin = static_cast<uint16_t>(best.registrable_begin);
  match.kind = kind_of(best.rules);
  match.section = (best.rules & kIcannRules) != 0 ? SuffixSection::kIcann : SuffixSection::kPrivate;
  return match;
}

std::string_view SuffixTable::registrable_domain(std::string_view normal_name) const {
  if (normal_name.empty()) return {};
  const bool ends_in_digit = normal_name.back() >= '0' && normal_name.back() <= '9';
  if (ends_in_digit && is_ipv4_text(normal_name)) return {};
  const Prevailing best = walk(image_.edges, asked_rules(sections_), normal_name);
  return best.rules == 0 ? std::string_view() : normal_name.substr(best.registrable_begin);
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
