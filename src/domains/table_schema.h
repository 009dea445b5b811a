// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "domains/sqlite_database.h"

// The schema of the table's SQLite file (docs/table.md), made and recognised.
namespace querymark {

enum class TableFile : uint8_t { kNew, kTable };

// kNew for an SQLite file without anything in it; kInvalid for one that is something else, kUnsupported for a
// table of a newer version.
Result<TableFile> recognise_table(const SqliteDatabase& database);

// Makes a new file a table. REQUIRES: nobody else does so at the same time.
Result<void> create_table_schema(const SqliteDatabase& database);

// Puts the names of rows written by hand into normal form and marks the edits as seen. Rows whose name has
// none stay as they are, and a file that cannot be written to does too. REQUIRES:
// SqliteDatabase::add_normal_name().
Result<void> adopt_hand_edits(const SqliteDatabase& database);

// The two tables of entries, which differ in the column `keep`.
inline const char* entries_table(bool allow) {
  return allow ? "allow_entries" : "entries";
}

}  // namespace querymark
