// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"

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

class DomainTable {
 public:
  virtual ~DomainTable() = default;

  // All of the update or none of it. kInvalid where a mirror would shrink the list by more than half or to
  // nothing; an error of the stream is passed on. kBusy where others have been changing the table for too
  // long.
  virtual Result<ListUpdateCounts> update_list(const ListUpdate& update, EntryStream& entries) = 0;

  // Removes the names (normal form) from the list, or from every list where it is empty; only interesting or
  // only allow entries. How many entries each name had.
  virtual Result<std::vector<uint64_t>> remove(const std::vector<std::string>& names, const std::string& list,
                                               bool allow) = 0;

  // Every entry of exactly this name (normal form), allow entries too, by list.
  virtual Result<std::vector<StoredEntry>> find_entries(std::string_view name) = 0;
};

}  // namespace querymark
