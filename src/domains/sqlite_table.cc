// SPDX-License-Identifier: Apache-2.0
#include "domains/sqlite_table.h"

#include <unistd.h>

#include <filesystem>

#include "domains/list_merge.h"
#include "domains/sqlite_database.h"
#include "domains/table_lock.h"
#include "domains/table_schema.h"

namespace querymark {
namespace {

// For other hands that hold the file, such as the sqlite3 shell's; our own processes wait under the lock
// file.
constexpr int kBusyTimeoutMs = 30'000;
constexpr const char* kPragmas =
    "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;";

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

bool is_writable(const std::string& path) {
  return ::access(path.c_str(), W_OK) == 0 && ::access(folder_of(path).c_str(), W_OK) == 0;
}

// SQLite reads a WAL database only where it can put its own files beside, or where they are, or nobody
// writes: the last writer takes them away.
SqliteDatabase::Mode mode_for_reading(const std::string& path) {
  if (is_writable(path)) return SqliteDatabase::Mode::kReadWrite;
  const bool in_use = ::access((path + "-wal").c_str(), F_OK) == 0;
  return in_use ? SqliteDatabase::Mode::kRead : SqliteDatabase::Mode::kImmutable;
}

Result<void> prepare_connection(const SqliteDatabase& database) {
  database.set_busy_timeout(kBusyTimeoutMs);
  database.disable_triggers();
  if (Result<void> added = database.add_normal_name(); !added) return added;
  return database.execute(kPragmas);
}

Result<SqliteDatabase> open_or_create(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(folder_of(path), failure);
  if (failure) return Error::from_errno(failure.value(), "create folder " + folder_of(path));
  // Two processes that find no table make one.
  const Result<FileLock> lock = lock_table(path);
  if (!lock) return lock.error();
  Result<SqliteDatabase> database = SqliteDatabase::open(path, SqliteDatabase::Mode::kReadWriteCreate);
  if (!database) return database;
  if (const Result<void> prepared = prepare_connection(*database); !prepared) return prepared.error();
  const Result<TableFile> file = recognise_table(*database);
  if (!file) return file.error();
  if (*file == TableFile::kNew) {
    if (const Result<void> made = create_table_schema(*database); !made) return made.error();
  }
  return database;
}

Result<SqliteDatabase> open_existing(const std::string& path) {
  Result<SqliteDatabase> database = SqliteDatabase::open(path, mode_for_reading(path));
  if (!database) return database;
  if (const Result<void> prepared = prepare_connection(*database); !prepared) return prepared.error();
  const Result<TableFile> file = recognise_table(*database);
  if (!file) return file.error();
  if (*file == TableFile::kNew) return Error::corrupt(path + ": an empty file, not a table");
  return database;
}

StoredEntry stored_entry(const SqliteStatement& row) {
  StoredEntry entry;
  entry.name = row.text(0);
  entry.list = row.text(1);
  entry.allow = row.integer(2) != 0;
  entry.scope = parse_entry_scope(row.text(3)).value_or(EntryScope::kExact);
  entry.keep = parse_entry_keep(row.text(4)).value_or(EntryKeep::kRegistered);
  entry.note = row.text(5);
  entry.first_seen = row.integer(6);
  entry.last_seen = row.integer(7);
  entry.expires = row.optional_integer(8);
  return entry;
}

// SELECT the columns of stored_entry().
std::string select_entries(bool allow) {
  return std::string("SELECT name, list, ") + (allow ? "1, scope, 'listed'" : "0, scope, keep") +
         ", note, first_seen, last_seen, expires FROM " + entries_table(allow);
}

std::string import_result(const ListUpdateCounts& counts) {
  return "ok: " + std::to_string(counts.added) + " new, " + std::to_string(counts.already_there) +
         " already there, " + std::to_string(counts.removed) + " removed";
}

Result<void> record_import(const SqliteDatabase& database, const ListUpdate& update,
                           const ListUpdateCounts& counts) {
  Result<SqliteStatement> record = database.prepare(
      "INSERT INTO lists(name, source, format, last_import, last_attempt, last_result) "
      "VALUES (?1, ?2, ?3, ?4, ?4, ?5) ON CONFLICT (name) DO UPDATE SET source = excluded.source, "
      "format = excluded.format, last_import = excluded.last_import, last_attempt = excluded.last_attempt, "
      "last_result = excluded.last_result");
  if (!record) return record.error();
  const std::string result = import_result(counts);
  record->bind(1, std::string_view(update.list));
  record->bind(2, std::string_view(update.source));
  record->bind(3, std::string_view(update.format));
  record->bind(4, update.now);
  record->bind(5, std::string_view(result));
  if (const Result<uint64_t> recorded = record->run(); !recorded) return recorded.error();
  return {};
}

constexpr const char* kNewVersion = "UPDATE table_version SET version = random()";

}  // namespace

SqliteTable::SqliteTable(std::string path, TableAccess access, std::unique_ptr<SqliteDatabase> database)
    : path_(std::move(path)), access_(access), database_(std::move(database)) {}
SqliteTable::SqliteTable(SqliteTable&&) noexcept = default;
SqliteTable& SqliteTable::operator=(SqliteTable&&) noexcept = default;
SqliteTable::~SqliteTable() = default;

Result<SqliteTable> SqliteTable::open(const std::string& path, TableAccess access) {
  if (access != TableAccess::kWrite && ::access(path.c_str(), F_OK) != 0) {
    if (access == TableAccess::kReadOrEmpty) return SqliteTable(path, access, nullptr);
    return Error{Errc::kNotFound, "no table of interesting domains at " + path};
  }
  Result<SqliteDatabase> database =
      access == TableAccess::kWrite ? open_or_create(path) : open_existing(path);
  if (!database) return database.error();
  return SqliteTable(path, access, std::make_unique<SqliteDatabase>(*std::move(database)));
}

Result<ListUpdateCounts> SqliteTable::update_list(const ListUpdate& update, EntryStream& entries) {
  if (update.dry_run) {
    ListMerge merge(database_.get(), nullptr, update);
    if (const Result<void> merged = merge.run(entries); !merged) return merged.error();
    return merge.counts();
  }
  const Result<FileLock> lock = lock_table(path_);
  if (!lock) return lock.error();
  if (const Result<void> adopted = adopt_hand_edits(*database_); !adopted) return adopted.error();
  Result<SqliteTransaction> change = SqliteTransaction::begin(*database_, SqliteTransaction::Kind::kWrite);
  if (!change) return change.error();

  // What stands in the file now, unchanged while we write: nobody else can.
  const Result<SqliteDatabase> stored = SqliteDatabase::open(path_, SqliteDatabase::Mode::kReadWrite);
  if (!stored) return stored.error();
  const Result<SqliteTransaction> snapshot =
      SqliteTransaction::begin(*stored, SqliteTransaction::Kind::kRead);
  if (!snapshot) return snapshot.error();
  ListMerge merge(&*stored, database_.get(), update);
  if (const Result<void> merged = merge.run(entries); !merged) return merged.error();

  if (!update.source.empty()) {
    if (const Result<void> recorded = record_import(*database_, update, merge.counts()); !recorded)
      return recorded.error();
  }
  if (merge.changes_set()) {
    if (const Result<void> bumped = database_->execute(kNewVersion); !bumped) return bumped.error();
  }
  if (const Result<void> committed = change->commit(); !committed) return committed.error();
  return merge.counts();
}

Result<std::vector<uint64_t>> SqliteTable::remove(const std::vector<std::string>& names,
                                                  const std::string& list, bool allow) {
  const Result<FileLock> lock = lock_table(path_);
  if (!lock) return lock.error();
  if (const Result<void> adopted = adopt_hand_edits(*database_); !adopted) return adopted.error();
  Result<SqliteTransaction> change = SqliteTransaction::begin(*database_, SqliteTransaction::Kind::kWrite);
  if (!change) return change.error();
  Result<SqliteStatement> remove =
      database_->prepare(std::string("DELETE FROM ") + entries_table(allow) + " WHERE name = ?1 AND " +
                         (list.empty() ? "list IN (SELECT list FROM used_lists)" : "list = ?2"));
  if (!remove) return remove.error();
  if (!list.empty()) remove->bind(2, std::string_view(list));

  std::vector<uint64_t> removed;
  uint64_t total = 0;
  for (const std::string& name : names) {
    remove->bind(1, std::string_view(name));
    const Result<uint64_t> count = remove->run();
    if (!count) return count.error();
    removed.push_back(*count);
    total += *count;
  }
  if (total > 0) {
    if (const Result<void> bumped = database_->execute(kNewVersion); !bumped) return bumped.error();
  }
  if (const Result<void> committed = change->commit(); !committed) return committed.error();
  return removed;
}

Result<std::vector<StoredEntry>> SqliteTable::find_entries(std::string_view name) {
  std::vector<StoredEntry> entries;
  if (database_ == nullptr) return entries;
  for (const bool allow : {false, true}) {
    Result<SqliteStatement> rows = database_->prepare(
        select_entries(allow) + " WHERE name = ?1 AND list IN (SELECT list FROM used_lists) ORDER BY list");
    if (!rows) return rows.error();
    rows->bind(1, name);
    Result<bool> row = rows->step();
    for (; row && *row; row = rows->step()) entries.push_back(stored_entry(*rows));
    if (!row) return row.error();
  }
  return entries;
}

Result<std::vector<StoredEntry>> SqliteTable::find_entries_below(std::string_view domain, size_t count_max) {
  std::vector<StoredEntry> entries;
  if (database_ == nullptr) return entries;
  Result<SqliteStatement> rows = database_->prepare(
      select_entries(false) + " WHERE substr(name, -length(?1)) = ?1 ORDER BY list, name LIMIT ?2");
  if (!rows) return rows.error();
  const std::string ending = "." + std::string(domain);
  rows->bind(1, std::string_view(ending));
  rows->bind(2, static_cast<int64_t>(count_max));
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) entries.push_back(stored_entry(*rows));
  if (!row) return row.error();
  return entries;
}

Result<void> SqliteTable::record_failure(const std::string& list, int64_t now, const std::string& why) {
  Result<SqliteStatement> record =
      database_->prepare("UPDATE lists SET last_attempt = ?2, last_result = ?3 WHERE name = ?1");
  if (!record) return record.error();
  const std::string result = "failed: " + why;
  record->bind(1, std::string_view(list));
  record->bind(2, now);
  record->bind(3, std::string_view(result));
  if (const Result<uint64_t> recorded = record->run(); !recorded) return recorded.error();
  return {};
}

Result<void> SqliteTable::visit_entries(const EntryFilter& filter,
                                        const std::function<bool(const StoredEntry&)>& visit) {
  if (database_ == nullptr) return {};
  std::string sql = select_entries(filter.allow) + " WHERE true";
  if (!filter.list.empty()) sql += " AND list = ?1";
  const bool is_glob = filter.pattern.find_first_of("*?") != std::string::npos;
  if (is_glob)
    sql += " AND name GLOB lower(?2)";
  else if (!filter.pattern.empty())
    sql += " AND (instr(name, lower(?2)) > 0 OR name = normal_name(?2))";
  Result<SqliteStatement> rows = database_->prepare(sql + " ORDER BY list, name");
  if (!rows) return rows.error();
  if (!filter.list.empty()) rows->bind(1, std::string_view(filter.list));
  if (!filter.pattern.empty()) rows->bind(2, std::string_view(filter.pattern));
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (!visit(stored_entry(*rows))) return {};
  }
  if (!row) return row.error();
  return {};
}

Result<void> SqliteTable::visit_names(bool allow, const std::function<bool(std::string_view)>& visit) {
  if (database_ == nullptr) return {};
  Result<SqliteStatement> rows =
      database_->prepare(std::string("SELECT DISTINCT name FROM ") + entries_table(allow) +
                         " WHERE expires IS NULL OR expires > unixepoch() ORDER BY name");
  if (!rows) return rows.error();
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (!visit(rows->text(0))) return {};
  }
  if (!row) return row.error();
  return {};
}

Result<std::vector<ListSummary>> SqliteTable::lists() {
  std::vector<ListSummary> summaries;
  if (database_ == nullptr) return summaries;
  constexpr const char* kSql =
      "WITH counts(list, entries, allow_entries, expired) AS ("
      "  SELECT list, count(*), 0, sum(expires IS NOT NULL AND expires <= unixepoch()) FROM entries GROUP BY "
      "list"
      "  UNION ALL"
      "  SELECT list, 0, count(*), sum(expires IS NOT NULL AND expires <= unixepoch()) FROM allow_entries"
      "    GROUP BY list"
      "  UNION ALL SELECT name, 0, 0, 0 FROM lists) "
      "SELECT counts.list, sum(entries), sum(allow_entries), sum(expired), source, format, last_import, "
      "  last_attempt, last_result "
      "FROM counts LEFT JOIN lists ON lists.name = counts.list GROUP BY counts.list ORDER BY counts.list";
  Result<SqliteStatement> rows = database_->prepare(kSql);
  if (!rows) return rows.error();
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    ListSummary summary;
    summary.name = rows->text(0);
    summary.entries = static_cast<uint64_t>(rows->integer(1));
    summary.allow_entries = static_cast<uint64_t>(rows->integer(2));
    summary.expired = static_cast<uint64_t>(rows->integer(3));
    summary.source = rows->text(4);
    summary.format = rows->text(5);
    summary.last_import = rows->integer(6);
    summary.last_attempt = rows->integer(7);
    summary.last_result = rows->text(8);
    summaries.push_back(std::move(summary));
  }
  if (!row) return row.error();
  return summaries;
}

}  // namespace querymark
