// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"
#include "domains/bad_row.h"
#include "psl/suffix_table.h"

// The table of interesting domains as those see it who change it and ask where an entry came from: whatever
// stores it. Marking does not look here but at a DomainLookup made from it.
//
// An entry is one name in one list; a name in several lists is as many entries. Allow entries live apart from
// interesting ones: a list may hold both for one name.
namespace querymark {

// What a list says of a name.
struct TableEntry {
  std::string_view name;  // normal form; valid until the stream's next entry
  EntryScope scope;
  bool allow;
};

// Entries in the order of an update: interesting ones before allow entries, each by the bytes of their names,
// every name once.
class EntryStream {
 public:
  virtual ~EntryStream() = default;
  // The next entry, or nothing at the end.
  virtual Result<std::optional<TableEntry>> next() = 0;
};

// An update of one list: what holds for all its entries. An entry that is there already takes over scope,
// keep and expiry, and the note where one is given; it keeps when it was first seen.
struct ListUpdate {
  std::string list;
  std::string source;  // where it came from, for people: a path, a URL, "command line"
  std::string format;  // as read: "hosts"; empty where it was no file
  EntryKeep keep = EntryKeep::kRegistered;
  std::optional<std::string> note;
  std::optional<int64_t> expires;  // Unix seconds
  int64_t now = 0;                 // Unix seconds: first and last seen
  // Remove what the list holds and the stream does not.
  bool mirror = false;
  // Mirror even where that halves or empties the list.
  bool force = false;
  // Count, change nothing.
  bool dry_run = false;
};

struct ListUpdateCounts {
  uint64_t added = 0;
  uint64_t already_there = 0;
  uint64_t removed = 0;
  // Of a table that keeps an entry as its first-level domain: what became the same as one before it.
  uint64_t repeated = 0;

  friend bool operator==(const ListUpdateCounts&, const ListUpdateCounts&) = default;
};

// An entry with its provenance.
struct StoredEntry {
  std::string name;
  std::string list;
  bool allow = false;
  EntryScope scope = EntryScope::kExact;
  EntryKeep keep = EntryKeep::kRegistered;  // of allow entries: kListed, they are never reduced
  std::string note;
  int64_t first_seen = 0;  // Unix seconds
  int64_t last_seen = 0;
  std::optional<int64_t> expires;
};

struct ListSummary {
  std::string name;
  uint64_t entries = 0;
  uint64_t allow_entries = 0;
  uint64_t expired = 0;  // of both
  std::string source;    // of the last import; empty for lists written by hand and where it is not kept
  std::string format;
  int64_t last_import = 0;  // Unix seconds of the last one that succeeded; 0: never
  int64_t last_attempt = 0;
  std::string last_result;  // "ok: 12 new, 3 removed", "failed: …"
};

struct EntryFilter {
  std::string pattern;  // part of the name, or with * and ? a pattern for all of it; empty: every name
  std::string list;     // empty: all
  bool allow = false;   // allow entries in place of interesting ones
};

class DomainTable {
 public:
  virtual ~DomainTable() = default;

  // All of the update or none of it, where the table can (DynamoDbTable says what it can). kInvalid where a
  // mirror would shrink the list by more than half or to nothing; an error of the stream is passed on. kBusy
  // where others have been changing the table for too long.
  virtual Result<ListUpdateCounts> update_list(const ListUpdate& update, EntryStream& entries) = 0;

  // Removes the names (normal form) from the list, or from every list where it is empty; only interesting or
  // only allow entries. How many entries each name had.
  virtual Result<std::vector<uint64_t>> remove(const std::vector<std::string>& names, const std::string& list,
                                               bool allow) = 0;

  // Every entry of exactly this name (normal form), allow entries too, by list.
  virtual Result<std::vector<StoredEntry>> find_entries(std::string_view name) = 0;
  // Interesting entries of names below `domain`, at most so many. Reads the whole table.
  virtual Result<std::vector<StoredEntry>> find_entries_below(std::string_view domain, size_t count_max) = 0;

  // Entries by list and name, or where the table knows no order in its own; until `visit` says false.
  virtual Result<void> visit_entries(const EntryFilter& filter,
                                     const std::function<bool(const StoredEntry&)>& visit) = 0;
  // Names that have an entry that has not expired, each once; by their bytes, or in the table's own order.
  virtual Result<void> visit_names(bool allow, const std::function<bool(std::string_view)>& visit) = 0;
  virtual Result<std::vector<ListSummary>> lists() = 0;
  // Notes on the list that its import failed, where there is a place for it; nothing else changes.
  virtual Result<void> record_failure(const std::string& list, int64_t now, const std::string& why) = 0;
  // Entries whose names are none.
  virtual Result<void> visit_bad_rows(const SuffixTable& suffixes,
                                      const std::function<void(const BadRow&)>& visit) = 0;
};

}  // namespace querymark
