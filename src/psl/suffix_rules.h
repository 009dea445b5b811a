// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The Public Suffix List's text, read into rules.
// Source of the syntax and of the algorithm: https://publicsuffix.org/list/ ("Format", "Algorithm").
namespace querymark {

enum class SuffixRuleKind : uint8_t { kNormal, kWildcard, kException };
enum class SuffixSection : uint8_t { kIcann, kPrivate };
// Which sections a run asks; --psl-section.
enum class SuffixSections : uint8_t { kIcannAndPrivate, kIcann };

struct SuffixRule {
  std::string name;  // normal form, without "*." or "!": "ck" for the rules "*.ck", "www.ck" for "!www.ck"
  SuffixRuleKind kind;
  SuffixSection section;
};

struct SuffixRules {
  std::vector<SuffixRule> rules;
  std::string version;  // the list's "// VERSION:" line, e.g. "2026-10-22_08-36-41_UTC"; without one,
                        // "unversioned-" and 16 hex digits of the text's hash
};

// A list's text may have this many bytes; the real one has some 340 KB. Two bytes a label at least, so what
// it holds fits the compiled form (suffix_edge.h).
inline constexpr size_t kSuffixListSizeMax = size_t{4} << 20;

// Rules in the order of the text; IDN rules as A-labels; rules outside the list's section markers are ICANN
// rules. kInvalid, naming the line, for a rule that is none (empty label, a wildcard inside, a byte no host
// name has, an exception of a single label, "*" alone, a name too long), for a section that does not end and
// for a text without any rule: a list that is damaged must not be half used. kLimit for a text over
// kSuffixListSizeMax. `origin` names the file in errors.
Result<SuffixRules> parse_suffix_rules(std::string_view text, std::string_view origin);

}  // namespace querymark
