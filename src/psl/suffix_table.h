// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "psl/suffix_image.h"
#include "psl/suffix_rules.h"

// Registrable domain of a name, by the Public Suffix List.
//
//   "www.example.co.uk" -> "example.co.uk"       rule co.uk
//   "a.b.www.ck"        -> "www.ck"              exception rule !www.ck
//   "co.uk"             -> "co.uk"               a name that is itself a public suffix stands for itself
//   "db.corp.internal"  -> ""                    no rule: there is no default rule "*"
//
// Cost: a lookup takes some 40 ns in a table of 10,000 rules (one probe a label, from the right); compiling
// the text some milliseconds, not needed for the built-in table, which is compiled into the program. Memory:
// 528 KB for 10,000 rules, shared by copies; labels that end a walk touch 16 of them. Threads: immutable
// after construction.
namespace querymark {

// The prevailing rule of a name and what follows from it. Offsets are into the name asked for.
struct SuffixMatch {
  bool found = false;              // no rule applies: the name has no registrable domain
  uint16_t suffix_begin = 0;       // public suffix: from here to the end
  uint16_t registrable_begin = 0;  // registrable domain: from here to the end; == suffix_begin where the
                                   // whole name is a public suffix
  SuffixRuleKind kind = SuffixRuleKind::kNormal;
  SuffixSection section = SuffixSection::kIcann;
};

class SuffixTable {
 public:
  // The table compiled into the program; both sections.
  static const SuffixTable& built_in();
  // Compiles rules; the later of two equal rules is ignored.
  static SuffixTable compile(const SuffixRules& rules);
  // read_file + parse_suffix_rules + compile.
  static Result<SuffixTable> load(const std::string& path);

  // The same table asked for `sections` only. Shares the rules; cheap enough to call once a run.
  SuffixTable with_sections(SuffixSections sections) const;

  // REQUIRES: normal_name is in normal form (dns/domain_name.h) and not empty.
  SuffixMatch find(std::string_view normal_name) const;
  // The registrable domain as a view into normal_name; empty where there is none: no rule, IPv4 text, or
  // empty.
  std::string_view registrable_domain(std::string_view normal_name) const;
  // Whether the whole name is a public suffix; find() tells of which section its rule is.
  bool is_public_suffix(std::string_view normal_name) const;

  // The prevailing rule as the list writes it, in A-labels: "co.uk", "*.ck", "!www.ck". REQUIRES:
  // match.found.
  static std::string rule_text(std::string_view normal_name, const SuffixMatch& match);

  const std::string& version() const { return version_; }  // SuffixRules::version
  SuffixSections sections() const { return sections_; }
  size_t rule_count() const;  // of the sections asked
  // Version and sections in one word: what a compiled domain set must have been made with.
  // e.g. "2026-10-22_08-36-41_UTC icann+private"
  std::string identity() const;

 private:
  SuffixTable(const SuffixImage& image, std::shared_ptr<const CompiledSuffixes> owner);

  SuffixImage image_;
  std::shared_ptr<const CompiledSuffixes> owner_;  // of the image; none for the built-in one
  std::string version_;
  SuffixSections sections_ = SuffixSections::kIcannAndPrivate;
};

}  // namespace querymark
