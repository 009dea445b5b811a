// SPDX-License-Identifier: Apache-2.0
#include "domains/table_schema.h"

namespace querymark {
namespace {

constexpr int64_t kApplicationId = 0x716d726b;  // "qmrk", in the header of the file (file(1) shows it)
constexpr int64_t kSchemaVersion = 1;

// People read this with `.schema`: it is laid out for them.
constexpr const char* kSchema = R"sql(
CREATE TABLE entries (
  name TEXT NOT NULL,
  list TEXT NOT NULL DEFAULT 'manual' CHECK (list <> ''),
  scope TEXT NOT NULL DEFAULT 'exact' CHECK (scope IN ('exact', 'subtree')),
  keep TEXT NOT NULL DEFAULT 'registered' CHECK (keep IN ('registered', 'listed')),
  note TEXT,
  first_seen INTEGER NOT NULL DEFAULT (unixepoch()),
  last_seen INTEGER NOT NULL DEFAULT (unixepoch()),
  expires INTEGER,
  PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE allow_entries (
  name TEXT NOT NULL,
  list TEXT NOT NULL DEFAULT 'manual' CHECK (list <> ''),
  scope TEXT NOT NULL DEFAULT 'exact' CHECK (scope IN ('exact', 'subtree')),
  note TEXT,
  first_seen INTEGER NOT NULL DEFAULT (unixepoch()),
  last_seen INTEGER NOT NULL DEFAULT (unixepoch()),
  expires INTEGER,
  PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE lists (
  name TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL DEFAULT '',
  format TEXT NOT NULL DEFAULT '',
  last_import INTEGER NOT NULL DEFAULT 0,
  last_attempt INTEGER NOT NULL DEFAULT 0,
  last_result TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE table_version (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,
  edited INTEGER NOT NULL
) STRICT;
INSERT INTO table_version VALUES (1, random(), 0);

-- The lists that have entries: one look into each table a list.
CREATE VIEW used_lists(list) AS
  WITH RECURSIVE
    of_entries(list) AS (
      SELECT min(list) FROM entries
      UNION ALL
      SELECT (SELECT min(list) FROM entries WHERE list > of_entries.list)
      FROM of_entries WHERE of_entries.list IS NOT NULL),
    of_allow_entries(list) AS (
      SELECT min(list) FROM allow_entries
      UNION ALL
      SELECT (SELECT min(list) FROM allow_entries WHERE list > of_allow_entries.list)
      FROM of_allow_entries WHERE of_allow_entries.list IS NOT NULL)
  SELECT list FROM of_entries WHERE list IS NOT NULL
  UNION
  SELECT list FROM of_allow_entries WHERE list IS NOT NULL;
)sql";

std::string trigger(const char* table, const char* event) {
  return std::string("CREATE TRIGGER ") + table + "_after_" + event + " AFTER " + event + " ON " + table +
         " BEGIN UPDATE table_version SET version = random(), edited = 1; END;\n";
}

std::string schema() {
  std::string sql = kSchema;
  for (const bool allow : {false, true}) {
    for (const char* event : {"insert", "update", "delete"}) sql += trigger(entries_table(allow), event);
  }
  sql += "PRAGMA application_id = " + std::to_string(kApplicationId) + ";\n";
  sql += "PRAGMA user_version = " + std::to_string(kSchemaVersion) + ";\n";
  return sql;
}

// What a hand wrote last holds, as in an update; but it may stand beside the normal form it means.
std::string adoption(bool allow) {
  const std::string table = entries_table(allow);
  const std::string keep = allow ? "" : "keep, ";
  const std::string set_keep = allow ? "" : "keep = excluded.keep, ";
  return "INSERT INTO " + table + "(list, name, scope, " + keep + "note, first_seen, last_seen, expires) " +
         "SELECT list, normal_name(name), scope, " + keep + "note, first_seen, last_seen, expires FROM " +
         table + " WHERE normal_name(name) <> name " +
         "ON CONFLICT (list, name) DO UPDATE SET scope = excluded.scope, " + set_keep +
         "note = coalesce(excluded.note, note), last_seen = excluded.last_seen, " +
         "expires = excluded.expires;\n" + "DELETE FROM " + table + " WHERE normal_name(name) <> name;\n";
}

}  // namespace

Result<TableFile> recognise_table(const SqliteDatabase& database) {
  const Result<int64_t> application = database.integer("PRAGMA application_id");
  if (!application) return application.error();
  const Result<int64_t> objects = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return objects.error();
  if (*application == 0 && *objects == 0) return TableFile::kNew;
  if (*application != kApplicationId)
    return Error::invalid(database.path() + ": an SQLite file, but not a table of interesting domains");
  const Result<int64_t> version = database.integer("PRAGMA user_version");
  if (!version) return version.error();
  if (*version > kSchemaVersion)
    return Error::unsupported(database.path() + ": made by a newer version of querymark (schema " +
                              std::to_string(*version) + ", known is " + std::to_string(kSchemaVersion) +
                              ")");
  return TableFile::kTable;
}

Result<void> create_table_schema(const SqliteDatabase& database) {
  if (Result<void> wal = database.execute("PRAGMA journal_mode = WAL"); !wal) return wal;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(database, SqliteTransaction::Kind::kWrite);
  if (!transaction) return transaction.error();
  if (Result<void> made = database.execute(schema()); !made) return made;
  return transaction->commit();
}

Result<void> adopt_hand_edits(const SqliteDatabase& database) {
  const Result<int64_t> edited = database.integer("SELECT edited FROM table_version");
  if (!edited) return edited.error();
  if (*edited == 0 || database.is_read_only()) return {};
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(database, SqliteTransaction::Kind::kWrite);
  if (!transaction) return transaction.error();
  const std::string sql = adoption(false) + adoption(true) + "UPDATE table_version SET edited = 0;";
  if (Result<void> adopted = database.execute(sql); !adopted) return adopted;
  return transaction->commit();
}

}  // namespace querymark
