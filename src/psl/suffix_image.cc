// SPDX-License-Identifier: Apache-2.0
#include "psl/suffix_image.h"

#include <bit>
#include <cstdlib>
#include <unordered_set>

#include "dns/domain_name.h"

namespace querymark {
namespace {

// Slots per edge: at three tenths full or less most searches for an edge that is not there end in the first
// slot.
constexpr size_t kSlotsPerEdge = 2;
static_assert(std::bit_ceil(kSlotsPerEdge * (kSuffixListSizeMax / 2) + 1) < SuffixEdge::kParentLimit);

// Every suffix of a rule's name is a node, and so an edge leads to it.
size_t count_edges(const SuffixRules& rules) {
  std::unordered_set<std::string_view> nodes;
  for (const SuffixRule& rule : rules.rules)
    for (std::string_view name = rule.name; !name.empty(); name = parent_name(name)) nodes.insert(name);
  return nodes.size();
}

uint64_t rule_bit(const SuffixRule& rule) {
  const bool icann = rule.section == SuffixSection::kIcann;
  switch (rule.kind) {
    case SuffixRuleKind::kNormal:
      return icann ? SuffixEdge::kIcannNormal : SuffixEdge::kPrivateNormal;
    case SuffixRuleKind::kWildcard:
      return icann ? SuffixEdge::kIcannWildcard : SuffixEdge::kPrivateWildcard;
    case SuffixRuleKind::kException:
      return icann ? SuffixEdge::kIcannException : SuffixEdge::kPrivateException;
  }
  std::abort();
}

class Compiler {
 public:
  explicit Compiler(const SuffixRules& rules) {
    const size_t slot_count = std::bit_ceil(kSlotsPerEdge * count_edges(rules) + 1);
    if (slot_count >= SuffixEdge::kParentLimit) std::abort();
    compiled_->slots.resize(slot_count);
    compiled_->hints.resize((slot_count * SuffixEdges::kHintsPerSlot + 63) / 64);
    compiled_->image.edges.slots = compiled_->slots;
    compiled_->image.edges.hints = compiled_->hints;
    for (const SuffixRule& rule : rules.rules) add_rule(rule);
    compiled_->version = rules.version;
    compiled_->image.edges.long_labels = compiled_->long_labels;
    compiled_->image.version = compiled_->version;
  }

  std::unique_ptr<const CompiledSuffixes> take() && { return std::move(compiled_); }

 private:
  void add_rule(const SuffixRule& rule) {
    SuffixEdge* node = nullptr;
    SuffixLabels labels(rule.name);
    for (size_t end = rule.name.size();; --end) {
      if (node != nullptr) node->rest |= SuffixEdge::kGoesOn;
      const SuffixLabel label = labels.before(end);
      node = &edge_to(node, rule.name, label);
      end = label.begin;
      if (end == 0) break;
    }
    const uint64_t bit = rule_bit(rule);
    if ((node->rest & bit) == 0) ++count_of(rule.section);
    node->rest |= bit;
    if (rule.kind == SuffixRuleKind::kWildcard) node->rest |= SuffixEdge::kGoesOn;
  }

  SuffixEdge& edge_to(const SuffixEdge* from, std::string_view name, const SuffixLabel& label) {
    SuffixEdges& edges = compiled_->image.edges;
    edges.long_labels = compiled_->long_labels;
    const uint64_t parent = from == nullptr ? 0 : edges.node(from);
    if (const SuffixEdge* known = edges.find(parent, name, label)) return slot(edges.node(known) - 1);

    const bool is_long = label.size > 8;
    const uint64_t identity = SuffixEdge::identity(parent, is_long ? SuffixEdge::kLongSizeClass : label.size);
    const size_t hint = edges.hint(identity, label);
    compiled_->hints[hint / 64] |= uint64_t{1} << (hint % 64);
    size_t at = hint / SuffixEdges::kHintsPerSlot;
    while (slot(at).rest != 0) at = (at + 1) & (compiled_->slots.size() - 1);
    slot(at) = {label.tail, identity};
    if (is_long)
      slot(at).rest |= add_long_label(name.substr(label.begin, label.size)) << SuffixEdge::kOffsetShift;
    return slot(at);
  }

  uint64_t add_long_label(std::string_view label) {
    const uint64_t offset = compiled_->long_labels.size();
    if (offset >= SuffixEdge::kOffsetLimit) std::abort();
    compiled_->long_labels += static_cast<char>(label.size());
    compiled_->long_labels += label;
    return offset;
  }

  SuffixEdge& slot(size_t index) { return compiled_->slots[index]; }

  size_t& count_of(SuffixSection section) {
    SuffixImage& image = compiled_->image;
    return section == SuffixSection::kIcann ? image.icann_rule_count : image.private_rule_count;
  }

  std::unique_ptr<CompiledSuffixes> compiled_ = std::make_unique<CompiledSuffixes>();
};

}  // namespace

std::unique_ptr<const CompiledSuffixes> compile_suffixes(const SuffixRules& rules) {
  return Compiler(rules).take();
}

}  // namespace querymark
