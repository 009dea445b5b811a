// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"
#include "domains/domain_lookup.h"

// The compiled table of interesting domains: one mapped, immutable file that answers "which entry decides for
// this name?". Format: docs/domain_set_format.md.
//
//   entries evil.com (kept registered), x.host.net (kept listed, exact)
//   registered:  evil.com, the registrable domain of www.evil.com  ->  interesting, by evil.com
//   listed:      x.host.net    ->  interesting, by x.host.net
//                a.x.host.net  ->  none
//
// Cost: opening reads the header only (< 1 ms at any size). A probe of a batch costs one cache miss,
// overlapped with the others': some 10 ns at a million names, 20 at ten million; a match one more. 9.8 bytes
// a name in the part that every probe touches, some 30 in all.
// Memory: the mapping, and on the heap a bit for each of its pages.
// Damage: each page is held against its checksum when it is first touched (some 0.3 µs): what would need a
// damaged one to be answered is kFailed, never kNone.
// Threads: any number may ask at once.
namespace querymark {

class DomainSetImage;

class DomainSet {
 public:
  // Refuses what is not whole: kCorrupt (size, header and its checksum), kStale for another format version.
  static Result<DomainSet> open(const std::string& path);
  // The same of an open file, e.g. one in memory; the descriptor may be closed afterwards. `path` is for
  // errors.
  static Result<DomainSet> open(int fd, const std::string& path);
  DomainSet(DomainSet&&) noexcept;
  DomainSet& operator=(DomainSet&&) noexcept;
  ~DomainSet();

  // What the set was made from, to be compared with the table and the run.
  uint64_t table_version() const;
  std::string_view suffix_identity() const;  // SuffixTable::identity()
  uint64_t valid_until() const;  // Unix seconds of the earliest expiry; UINT64_MAX when none expires

  // Rows, each a name in a list, duplicates counted once: interesting ones and allow entries.
  uint64_t entry_count() const;
  uint64_t allow_count() const;
  // Of them, those that cannot match in this mode. In `registered`: interesting entries kept registered that
  // have no registrable domain, and entries kept as listed and allow entries whose name is none. In `listed`
  // all can.
  uint64_t unmatchable_count(MatchMode mode) const;
  uint64_t unmatchable_allow_count(MatchMode mode) const;

  // Distinct names held: the listed ones, and the registrable domains of those kept registered.
  uint64_t name_count() const;
  // Bytes of the file, and of its part that every probe touches.
  uint64_t file_size() const;
  uint64_t probed_size() const;

  // The seeded hash all probes take. About 5 ns.
  uint64_t hash(std::string_view normal_name) const;

  // Registered matching: prefetch() some 16–64 names, then find_registered() each. `domain` is a registrable
  // domain in normal form, hash its hash(). Names are compared in full on a hit. An allow entry wins. The
  // match's scope is the widest of the entries that fell on the domain, its lists are those of all of them.
  void prefetch(uint64_t hash) const;
  DomainMatch find_registered(std::string_view domain, uint64_t hash) const;

  // Listed matching: the most specific entry that applies among the name and its parents; an allow entry wins
  // at the same name. One probe a label.
  DomainMatch find_listed(std::string_view normal_name) const;

  // The same for a batch of any size, quicker: the cache misses of its names overlap. answers[i] is for
  // queries[i]. REQUIRES: as many answers as queries.
  void find_registered(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) const;
  void find_listed(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) const;

  // The lists behind a match, in the order of their names; none behind kNone and kFailed.
  // REQUIRES: the match is an answer of this set.
  std::vector<std::string> list_names(const DomainMatch& match) const;

  // Holds the whole file against its checksums; the Error names the first part that is damaged.
  Result<void> check() const;

 private:
  explicit DomainSet(std::unique_ptr<const DomainSetImage> image);
  std::unique_ptr<const DomainSetImage> image_;
};

// DomainLookup over a set, in one mode; any number of threads. The set must outlive it where it stands.
std::unique_ptr<DomainLookup> make_domain_set_lookup(const DomainSet& set, MatchMode mode);

}  // namespace querymark
