// SPDX-License-Identifier: Apache-2.0
#include "domains/sqlite_database.h"

#include <sqlite3.h>

#include "dns/domain_name.h"

namespace querymark {
namespace {

Errc code_of(int status) {
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::kBusy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Errc::kCorrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return Errc::kDenied;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
      return Errc::kInvalid;
    default:
      return Errc::kIo;
  }
}

Error error_of(sqlite3* connection, const std::string& path) {
  return {code_of(sqlite3_extended_errcode(connection)), path + ": " + sqlite3_errmsg(connection)};
}

int open_flags(SqliteDatabase::Mode mode) {
  switch (mode) {
    case SqliteDatabase::Mode::kReadWriteCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case SqliteDatabase::Mode::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    case SqliteDatabase::Mode::kRead:
      return SQLITE_OPEN_READONLY;
    case SqliteDatabase::Mode::kImmutable:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return 0;
}

// A path as an SQLite URI; bytes that mean something there are escaped.
std::string immutable_uri(const std::string& path) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string uri = "file:";
  for (const char byte : path) {
    if (byte == '%' || byte == '?' || byte == '#') {
      const auto value = static_cast<unsigned char>(byte);
      uri.append({'%', kHex[value >> 4], kHex[value & 15]});
    } else {
      uri.push_back(byte);
    }
  }
  return uri + "?immutable=1";
}

void normal_name_function(sqlite3_context* context, int, sqlite3_value** arguments) {
  const unsigned char* text = sqlite3_value_text(arguments[0]);
  if (text == nullptr) return sqlite3_result_null(context);
  const auto size = static_cast<size_t>(sqlite3_value_bytes(arguments[0]));
  const DomainName name = normalize_name({reinterpret_cast<const char*>(text), size});
  if (!name.ok()) return sqlite3_result_null(context);
  sqlite3_result_text(context, name.text().data(), static_cast<int>(name.text().size()), SQLITE_TRANSIENT);
}

}  // namespace

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::bind(int parameter, std::string_view text) {
  // An empty view may point nowhere, which SQLite would take for NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  sqlite3_bind_text(statement_.get(), parameter, data, static_cast<int>(text.size()), SQLITE_STATIC);
}

void SqliteStatement::bind(int parameter, int64_t number) {
  sqlite3_bind_int64(statement_.get(), parameter, number);
}

void SqliteStatement::bind(int parameter, std::optional<int64_t> number) {
  if (number)
    bind(parameter, *number);
  else
    sqlite3_bind_null(statement_.get(), parameter);
}

void SqliteStatement::bind(int parameter, const std::optional<std::string>& text) {
  if (text)
    bind(parameter, std::string_view(*text));
  else
    sqlite3_bind_null(statement_.get(), parameter);
}

Result<bool> SqliteStatement::step() {
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return error_of(sqlite3_db_handle(statement_.get()), path_);
}

Result<uint64_t> SqliteStatement::run() {
  Result<bool> row = step();
  while (row && *row) row = step();
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  const auto changes = static_cast<uint64_t>(sqlite3_changes64(connection));
  reset();
  if (!row) return row.error();
  return changes;
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_.get());
}

std::string_view SqliteStatement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<int64_t> SqliteStatement::optional_integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

void SqliteDatabase::Closer::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path, Mode mode) {
  const std::string name = mode == Mode::kImmutable ? immutable_uri(path) : path;
  sqlite3* connection = nullptr;
  const int status = sqlite3_open_v2(name.c_str(), &connection, open_flags(mode), nullptr);
  SqliteDatabase database(connection, path);
  if (connection == nullptr) return Error{Errc::kIo, path + ": " + sqlite3_errstr(status)};
  if (status != SQLITE_OK) return error_of(connection, path);
  return database;
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK)
    return error_of(connection_.get(), path_);
  return SqliteStatement(statement, path_);
}

Result<void> SqliteDatabase::execute(const std::string& sql) const {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return error_of(connection_.get(), path_);
  return {};
}

Result<int64_t> SqliteDatabase::integer(std::string_view sql) const {
  Result<SqliteStatement> statement = prepare(sql);
  if (!statement) return statement.error();
  const Result<bool> row = statement->step();
  if (!row) return row.error();
  return *row ? statement->integer(0) : 0;
}

void SqliteDatabase::set_busy_timeout(int timeout_ms) const {
  sqlite3_busy_timeout(connection_.get(), timeout_ms);
}

void SqliteDatabase::disable_triggers() const {
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
}

Result<void> SqliteDatabase::add_normal_name() const {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  if (sqlite3_create_function_v2(connection_.get(), "normal_name", 1, kFlags, nullptr, normal_name_function,
                                 nullptr, nullptr, nullptr) != SQLITE_OK)
    return error_of(connection_.get(), path_);
  return {};
}

bool SqliteDatabase::is_read_only() const {
  return sqlite3_db_readonly(connection_.get(), "main") != 0;
}

Result<SqliteTransaction> SqliteTransaction::begin(const SqliteDatabase& database, Kind kind) {
  const Result<void> begun = database.execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
  if (!begun) return begun.error();
  return SqliteTransaction(database);
}

SqliteTransaction::~SqliteTransaction() {
  // Rolling back fails only where SQLite has done so itself after an error.
  if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK"));
}

Result<void> SqliteTransaction::commit() {
  Result<void> committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace querymark
