// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"
#include "domains/domain_lookup.h"

// The compiled table of interesting domains: one mapped, immutable file that answers "which entry decides for this
// name?". Format: docs/domain_set_format.md.
//
// Cost: opening reads the header only (< 1 ms at any size). A probe of a batch costs one cache miss, overlapped
// with the others': some 15 ns at a million names. <= 13 bytes a name in the probed part, <= 40 in all.
// Memory: the mapping; nothing on the heap grows with the set.
// Threads: any number may ask at once.
namespace querymark {

class DomainSet {
 public:
  // Refuses (kCorrupt, kStale for another format version) what is not whole: size, header and its checksum.
  static Result<DomainSet> open(const std::string& path);

  // What the set was made from, to be compared with the table and the run.
  uint64_t table_version() const;
  std::string_view suffix_identity() const;  // SuffixTable::identity()
  uint64_t valid_until() const;              // Unix seconds of the earliest expiry; UINT64_MAX when none expires
  uint64_t entry_count() const;              // interesting entries (rows) it was made from
  uint64_t name_count() const;               // distinct names held
  uint64_t unmatchable_count(MatchMode mode) const;  // entries that cannot match in this mode

  // The seeded hash all probes take. About 5 ns.
  uint64_t hash(std::string_view normal_name) const;

  // Registered matching, in batches: prefetch() some 16–64 names, then find_registered() each. `domain` is a
  // registrable domain in normal form, hash its hash(). Names are compared in full on a hit.
  void prefetch(uint64_t hash) const;
  DomainMatch find_registered(std::string_view domain, uint64_t hash) const;

  // Listed matching: the most specific entry that applies among the name and its parents; an allow entry wins at
  // the same name. One probe a label.
  DomainMatch find_listed(std::string_view normal_name) const;

  // The lists behind a match, in the order of their names.
  std::vector<std::string> list_names(const DomainMatch& match) const;

  // Reads every block against its checksum (probing does so at a block's first touch: kFailed from find_*).
  Result<void> check() const;
};

// DomainLookup over a set, in one mode; any number of threads, each with a lookup of its own. The set must outlive it.
std::unique_ptr<DomainLookup> make_domain_set_lookup(const DomainSet& set, MatchMode mode);

}  // namespace querymark
