// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "psl/suffix_table.h"

// DuckDB in memory, for questions that only read.
//
//   Result<SqlDatabase> database = SqlDatabase::open(suffixes);
//   database->execute("CREATE VIEW …");
//   database->confine({"/var/lib/querymark/store"}, {});
//   database->select({"SELECT 1 AS one", {}}, SqlForm::kCells, sink);      begin(one), row("1")
//
// The library is opened when the first database is, some 15 ms and 60 MB that no other verb pays. Besides
// what DuckDB has, SQL may call registrable_domain(name), by the suffix table given. Threads: DuckDB's own,
// one a processor; an object serves one caller.
namespace querymark {

struct SqlQuestion {
  std::string text;
  std::map<std::string, std::string> parameters;  // $name in the text; as text, cast to what is wanted there
};

struct SqlColumn {
  std::string name;
  bool is_number = false;
};

// Rows as they come. Views live as long as the call; an Error ends the question.
class SqlRowSink {
 public:
  virtual ~SqlRowSink() = default;
  virtual Result<void> begin(std::span<const SqlColumn> columns) = 0;
  virtual Result<void> row(std::span<const std::optional<std::string_view>> cells) = 0;
};

enum class SqlForm : uint8_t {
  kCells,  // every value as text, NULL as nothing
  kJson,   // one cell a row: an object of all columns
};

class SqlDatabase {
 public:
  // kNotFound where there is no DuckDB library. The suffix table is copied.
  static Result<SqlDatabase> open(const SuffixTable& suffixes);
  SqlDatabase(SqlDatabase&&) noexcept;
  SqlDatabase& operator=(SqlDatabase&&) noexcept;
  ~SqlDatabase();

  // Statements of ours.
  Result<void> execute(const std::string& statements);

  // From here on SQL reaches no file outside these folders, save `writable_file`, loads no extension, and
  // cannot change that. Paths are absolute.
  Result<void> confine(const std::vector<std::string>& folders,
                       const std::optional<std::string>& writable_file);

  // Somebody else's question: one statement that reads (SELECT, EXPLAIN, DESCRIBE, SHOW, …); anything else is
  // kInvalid. Errors carry DuckDB's words, which point to the place in the text. How many rows there were.
  Result<uint64_t> select(const SqlQuestion& question, SqlForm form, SqlRowSink& sink);
  // The rows as a Parquet file (zstd). How many there were.
  Result<uint64_t> select_into_parquet(const SqlQuestion& question, const std::string& path);

  // Those of the answer, without asking; errors as select().
  Result<std::vector<SqlColumn>> columns(const SqlQuestion& question);
  // DuckDB's plan of somebody else's question, as its EXPLAIN (FORMAT json) writes it; errors as select().
  Result<std::string> plan(const SqlQuestion& question);

  // Ends what is being asked at this moment, if anything is, with an error. From any thread.
  void interrupt();

 private:
  struct State;
  explicit SqlDatabase(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// 'text' as SQL writes it, with its quotes doubled.
std::string sql_quoted(std::string_view text);

}  // namespace querymark
