// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// A connection to an SQLite file and its statements, with errors that name the file.
//
//   Result<SqliteStatement> rows = database.prepare("SELECT name FROM entries WHERE list = ?1");
//   rows->bind(1, list);
//   for (Result<bool> row = rows->step(); row && *row; row = rows->step()) use(rows->text(0));
//
// Threads: one at a time, for a connection and its statements together.
struct sqlite3;
struct sqlite3_stmt;

namespace querymark {

class SqliteStatement {
 public:
  // Parameters count from 1, columns from 0. A bound text must stay until the statement is reset or run.
  void bind(int parameter, std::string_view text);
  void bind(int parameter, int64_t number);
  void bind(int parameter, std::optional<int64_t> number);
  void bind(int parameter, const std::optional<std::string>& text);

  // The next row, or false at the end. After an error, reset() begins anew.
  Result<bool> step();
  // All of it, then reset: for statements without rows. How many rows it changed.
  Result<uint64_t> run();
  void reset();

  // Of the row stepped to. A text is valid until the next step.
  std::string_view text(int column) const;
  int64_t integer(int column) const;
  std::optional<int64_t> optional_integer(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqliteStatement(sqlite3_stmt* statement, std::string path)
      : statement_(statement), path_(std::move(path)) {}

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  std::string path_;
};

class SqliteDatabase {
 public:
  enum class Mode : uint8_t {
    kReadWriteCreate,
    kReadWrite,
    kRead,
    kImmutable,  // nobody writes: for files in a folder where SQLite cannot put its own beside
  };
  static Result<SqliteDatabase> open(const std::string& path, Mode mode);

  Result<SqliteStatement> prepare(std::string_view sql) const;
  // Any number of statements without parameters, rows ignored.
  Result<void> execute(const std::string& sql) const;
  // Row and column 0 of a query that has one.
  Result<int64_t> integer(std::string_view sql) const;
  // kBusy after waiting so long for another's lock.
  void set_busy_timeout(int timeout_ms) const;
  // Triggers of this connection's own changes. They are for the hands of people: our own changes do their
  // work themselves, once for all rows.
  void disable_triggers() const;
  // SQL function normal_name(text): the normal form, NULL where it has none (dns/domain_name.h).
  Result<void> add_normal_name() const;

  bool is_read_only() const;
  const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* connection) const;
  };
  SqliteDatabase(sqlite3* connection, std::string path) : connection_(connection), path_(std::move(path)) {}

  std::unique_ptr<sqlite3, Closer> connection_;
  std::string path_;
};

// Rolled back unless committed.
class SqliteTransaction {
 public:
  enum class Kind : uint8_t { kRead, kWrite };
  // kWrite takes the file's lock for writing at once.
  static Result<SqliteTransaction> begin(const SqliteDatabase& database, Kind kind);
  SqliteTransaction(SqliteTransaction&& other) noexcept : database_(other.database_) {
    other.database_ = nullptr;
  }
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();

  Result<void> commit();

 private:
  explicit SqliteTransaction(const SqliteDatabase& database) : database_(&database) {}
  const SqliteDatabase* database_;
};

}  // namespace querymark
