// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/domain_name.h"
#include "domains/domain_lookup.h"
#include "domains/domain_table.h"
#include "psl/suffix_table.h"

// Why a name matches or does not: each step from the text to the verdict.
//
//   "WWW.Evil.co.uk."  ->  normal form www.evil.co.uk; rule co.uk of the ICANN section; registrable domain
//                          evil.co.uk; matched by evil.co.uk of the lists fake and manual
namespace querymark {

struct ExplainedMatch {
  DomainMatch::Verdict verdict = DomainMatch::Verdict::kNone;
  std::string entry;
  EntryScope scope = EntryScope::kExact;
  std::vector<std::string> lists;
};

struct Explanation {
  std::string text;         // as asked
  std::string normal_name;  // empty where it has none
  NameError name_error = NameError::kNone;
  bool is_ip_address = false;
  std::string rule;  // of the suffix list that decided; empty: none applies
  SuffixSection section = SuffixSection::kIcann;
  bool is_public_suffix = false;
  std::string registrable_domain;  // empty where it has none
  ExplainedMatch registered;
  ExplainedMatch listed;
  // Entries of the name and its parents; where a registrable domain stands for names below it, some of those.
  std::vector<StoredEntry> entries;
};

// Answers in both ways of matching, and entries: each of the same table.
struct ExplainedTable {
  DomainLookup& registered;
  DomainLookup& listed;
  DomainTable* entries;  // null where there are none to be looked up
};

// Microseconds on a file; with a scan of the table where what decided stands for names below it.
Result<Explanation> explain_name(std::string_view text, const SuffixTable& suffixes,
                                 const ExplainedTable& table);

}  // namespace querymark
