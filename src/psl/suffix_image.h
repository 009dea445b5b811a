// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "psl/suffix_edge.h"
#include "psl/suffix_rules.h"

// The compiled form of suffix rules: the tree of their labels, from the right, as one open-addressed table of
// edges (parent, label). SuffixTable asks it; suffix_table_compile writes the built-in one into the program.
//
//   rules co.uk, *.ck, !www.ck  ->  edges (root, uk), (uk, co): normal, (root, ck): wildcard, (ck, www):
//   exception
//
// An edge is found by hash and told by its content: parent, size and every byte of the label are compared.
namespace querymark {

// Constant data; a view of what somebody else owns.
struct SuffixImage {
  SuffixEdges edges;
  std::string_view version;
  size_t icann_rule_count = 0;
  size_t private_rule_count = 0;
};

// Owns what its image shows; stays where it was made.
struct CompiledSuffixes {
  std::vector<SuffixEdge> slots;
  std::vector<uint64_t> hints;
  std::string long_labels;
  std::string version;
  SuffixImage image;
};

// REQUIRES: the rules' names are normal forms, of no more than kSuffixListSizeMax bytes together.
std::unique_ptr<const CompiledSuffixes> compile_suffixes(const SuffixRules& rules);

// The image compiled into the program, written by suffix_table_compile.
extern const SuffixImage kBuiltInSuffixes;

}  // namespace querymark
