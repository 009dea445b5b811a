// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "domains/domain_table.h"
#include "domains/sqlite_database.h"

// An update of one list as one pass over two sorted rows of names: what the list says, and what the table
// holds.
//
//   list:  a.com   b.com   c.com
//   table: b.com   d.com            ->  a.com, c.com added; b.com there already; d.com removed, if mirrored
namespace querymark {

// kInvalid where a mirror that is not forced would halve or empty a list of so many entries.
Result<void> check_shrinking(const ListUpdate& update, uint64_t before, uint64_t after);

// Reads the list's entries from `stored` (null: there are none) and writes what changes to `changed` (null:
// only count). They are two connections, so that what is written is not read again. The caller holds the
// transactions.
class ListMerge {
 public:
  ListMerge(const SqliteDatabase* stored, const SqliteDatabase* changed, const ListUpdate& update)
      : stored_(stored), changed_(changed), update_(update) {}

  Result<void> run(EntryStream& entries);

  const ListUpdateCounts& counts() const { return counts_; }
  // Whether the compiled set is another one now: more than times and notes changed.
  bool changes_set() const { return changes_set_; }

 private:
  class Cursor;
  struct Writer;

  Result<void> merge_table(bool allow, EntryStream& entries);
  Result<void> add(Writer* writer);
  Result<void> refresh(Writer* writer, const Cursor& row);
  Result<void> remove(Writer* writer, const Cursor& row);

  const SqliteDatabase* stored_;
  const SqliteDatabase* changed_;
  const ListUpdate& update_;
  std::optional<TableEntry> entry_;  // the stream's next
  ListUpdateCounts counts_;
  bool changes_set_ = false;
};

}  // namespace querymark
