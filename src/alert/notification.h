// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alert/match.h"
#include "psl/suffix_table.h"

// What an alert sink is given to tell, as JSON on one line.
//
//   match:   the marked record itself, byte for byte
//   digest:  matches of one source and registrable domain (alert/digest.h)
//   summary: matches that a rate limit held back
//
// Cost: some microseconds a match. Threads: pure.
namespace querymark {

inline constexpr std::string_view kMatchSubject = "Route 53 Query Log Matched";

struct Notification {
  enum class Kind : uint8_t { kMatch, kDigest, kSummary };
  Kind kind = Kind::kMatch;
  std::string subject{kMatchSubject};
  std::string text;         // a match's as its record is, others' in UTF-8
  uint64_t matches = 1;     // that it tells of
  std::string id{};         // the same when it is sent again; empty: none
  std::string timestamp{};  // query_timestamp of a match
  // What receivers choose by: registered_domain, entry, srcaddr, vpc_id, account_id, region, and of a match
  // query_type and rcode. None with an empty value.
  std::map<std::string, std::string, std::less<>> attributes{};
  std::vector<std::string> lists{};

  std::string_view attribute(std::string_view name) const;
};

std::string_view to_string(Notification::Kind kind);

// `suffixes` says the registrable domain.
Notification match_notification(Match match, const SuffixTable& suffixes);

}  // namespace querymark
