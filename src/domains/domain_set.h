// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"

// The compiled table of interesting domains: one mapped, immutable file that answers "which entry decides for this
// name?". Format: docs/domain_set_format.md.
//
// Cost: opening reads the header only (< 1 ms at any size). A probe of a batch costs one cache miss, overlapped
// with the others': some 15 ns at a million names. <= 13 bytes a name in the probed part, <= 40 in all.
// Memory: the mapping; nothing on the heap grows with the set.
// Threads: any number may ask at once.
namespace querymark {

// A decision: the entry that decided and what it says. Views live as long as the set.
struct DomainSetMatch {
  // kDamaged: the block asked is not what was written (its checksum failed): there is no answer, and the set must
  // be rebuilt; never take it for kNone.
  enum class Verdict : uint8_t { kNone, kInteresting, kAllowed, kDamaged };
  Verdict verdict = Verdict::kNone;
  std::string_view entry;  // the name that decided
  EntryScope scope = EntryScope::kExact;      // meaningful in listed matching
  uint32_t lists = 0;      // for list_names()
};

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
  DomainSetMatch find_registered(std::string_view domain, uint64_t hash) const;

  // Listed matching: the most specific entry that applies among the name and its parents; an allow entry wins at
  // the same name. One probe a label.
  DomainSetMatch find_listed(std::string_view normal_name) const;

  // The lists behind a match, in the order of their names.
  std::vector<std::string_view> list_names(const DomainSetMatch& match) const;

  // Reads every block against its checksum (probing does so at a block's first touch: kDamaged from find_*).
  Result<void> check() const;
};

}  // namespace querymark
