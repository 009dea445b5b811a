// SPDX-License-Identifier: Apache-2.0
#include "alert/outbox_schema.h"

namespace querymark {
namespace {

constexpr int64_t kApplicationId = 0x716d6f62;  // "qmob", in the header of the file
constexpr int64_t kSchemaVersion = 2;
constexpr const char* kSchema = R"sql(
CREATE TABLE outbox (
  instance TEXT NOT NULL
) STRICT;
INSERT INTO outbox VALUES (lower(hex(randomblob(8))));

-- added: Unix time in milliseconds; lists: a JSON array; size: of the record, in bytes.
CREATE TABLE matches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  added INTEGER NOT NULL,
  entry TEXT NOT NULL,
  lists TEXT NOT NULL,
  size INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;

-- delivered: all matches up to this one.
CREATE TABLE sinks (
  name TEXT NOT NULL PRIMARY KEY,
  delivered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- notification: its text; kind, id and what follows: what a sink sends besides. refused: when.
CREATE TABLE refused (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  refused INTEGER NOT NULL,
  sink TEXT NOT NULL,
  reason TEXT NOT NULL,
  notification TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  attributes TEXT NOT NULL,
  lists TEXT NOT NULL
) STRICT;
)sql";

Result<void> create_schema(const SqliteDatabase& database) {
  if (Result<void> wal = database.execute("PRAGMA journal_mode = WAL"); !wal) return wal;
  Result<SqliteTransaction> transaction = SqliteTransaction::begin(database, SqliteTransaction::Kind::kWrite);
  if (!transaction) return transaction.error();
  const std::string sql = std::string(kSchema) + "PRAGMA application_id = " + std::to_string(kApplicationId) +
                          ";\nPRAGMA user_version = " + std::to_string(kSchemaVersion) + ";\n";
  if (Result<void> made = database.execute(sql); !made) return made;
  return transaction->commit();
}

}  // namespace

Result<void> require_outbox_schema(const SqliteDatabase& database) {
  const Result<int64_t> application = database.integer("PRAGMA application_id");
  if (!application) return application.error();
  const Result<int64_t> objects = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return objects.error();
  if (*application == 0 && *objects == 0) return create_schema(database);
  if (*application != kApplicationId)
    return Error::invalid(database.path() + ": an SQLite file, but not an outbox");
  const Result<int64_t> version = database.integer("PRAGMA user_version");
  if (!version) return version.error();
  if (*version == kSchemaVersion) return {};
  return Error::unsupported(database.path() + ": made by another version of querymark (schema " +
                            std::to_string(*version) + ", known is " + std::to_string(kSchemaVersion) + ")");
}

}  // namespace querymark
