// SPDX-License-Identifier: Apache-2.0
#include "query/sql_database.h"

#include <algorithm>

#include "base/temporary_folder.h"
#include "query/duckdb_library-inl.h"
#include "query/reading_text.h"
#include "query/registrable_domain_function-inl.h"

namespace querymark {

struct SqlDatabase::State {
  const DuckDbLibrary& api;
  SuffixTable suffixes;
  TemporaryFolder spill;  // what does not fit into memory
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;

  State(const DuckDbLibrary& library, SuffixTable table, TemporaryFolder folder)
      : api(library), suffixes(std::move(table)), spill(std::move(folder)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    api.disconnect(&connection);
    api.close(&database);
  }
};

namespace {

class Statement {
 public:
  explicit Statement(const DuckDbLibrary& api) : api_(api) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { api_.destroy_prepare(&handle); }
  duckdb_prepared_statement handle = nullptr;

 private:
  const DuckDbLibrary& api_;
};

class QueryResult {
 public:
  explicit QueryResult(const DuckDbLibrary& api) : api_(api) {}
  QueryResult(const QueryResult&) = delete;
  QueryResult& operator=(const QueryResult&) = delete;
  ~QueryResult() { api_.destroy_result(&handle); }
  duckdb_result handle{};

 private:
  const DuckDbLibrary& api_;
};

class Chunk {
 public:
  Chunk(const DuckDbLibrary& api, duckdb_data_chunk chunk) : api_(api), handle(chunk) {}
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;
  ~Chunk() { api_.destroy_data_chunk(&handle); }

 private:
  const DuckDbLibrary& api_;

 public:
  duckdb_data_chunk handle;
};

// DuckDB's words; what they are about is a question, so it is the caller's to change.
Error sql_error(const char* words) {
  return Error::invalid(words == nullptr ? "DuckDB failed and does not say why" : words);
}

// The one statement of a text, prepared.
Result<void> prepare_single(const DuckDbLibrary& api, duckdb_connection connection, const std::string& text,
                            Statement& statement) {
  duckdb_extracted_statements statements = nullptr;
  const idx_t count = api.extract_statements(connection, text.c_str(), &statements);
  Result<void> prepared;
  if (count == 0) {
    const char* words = api.extract_statements_error(statements);
    prepared =
        words == nullptr ? Error::invalid("there is no SQL statement in the question") : sql_error(words);
  } else if (count > 1) {
    prepared = Error::invalid("a question is one SQL statement; these are " + std::to_string(count));
  } else if (api.prepare_extracted_statement(connection, statements, 0, &statement.handle) != DuckDBSuccess) {
    prepared = sql_error(api.prepare_error(statement.handle));
  }
  api.destroy_extracted(&statements);
  return prepared;
}

bool is_number(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return true;
    default:
      return false;
  }
}

std::vector<SqlColumn> columns_of(const DuckDbLibrary& api, const Statement& statement) {
  std::vector<SqlColumn> columns;
  for (idx_t i = 0; i < api.prepared_statement_column_count(statement.handle); ++i) {
    const char* name = api.prepared_statement_column_name(statement.handle, i);
    columns.push_back(
        {name == nullptr ? "" : name, is_number(api.prepared_statement_column_type(statement.handle, i))});
    api.free(const_cast<char*>(name));
  }
  return columns;
}

// Gives every parameter of the statement its value; one without a value and a value without a parameter are
// mistakes of the caller.
Result<void> bind(const DuckDbLibrary& api, const Statement& statement,
                  const std::map<std::string, std::string>& parameters) {
  size_t bound = 0;
  for (idx_t i = 1; i <= api.nparams(statement.handle); ++i) {
    const char* name = api.parameter_name(statement.handle, i);
    const auto given = parameters.find(name);
    const bool known = given != parameters.end();
    const bool done = known && api.bind_varchar_length(statement.handle, i, given->second.data(),
                                                       given->second.size()) == DuckDBSuccess;
    Result<void> outcome;
    if (!known) outcome = Error::invalid("the question's parameter $" + std::string(name) + " has no value");
    if (known && !done) outcome = Error::invalid("the value of $" + std::string(name) + " is not UTF-8");
    api.free(const_cast<char*>(name));
    if (!outcome) return outcome;
    ++bound;
  }
  if (bound == parameters.size()) return {};
  return Error::invalid("a value is given for a parameter that the question does not have");
}

}  // namespace

std::string sql_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

SqlDatabase::SqlDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqlDatabase::SqlDatabase(SqlDatabase&&) noexcept = default;
SqlDatabase& SqlDatabase::operator=(SqlDatabase&&) noexcept = default;
SqlDatabase::~SqlDatabase() = default;

Result<SqlDatabase> SqlDatabase::open(const SuffixTable& suffixes) {
  const Result<const DuckDbLibrary*> library = duckdb_library();
  if (!library) return library.error();
  Result<TemporaryFolder> spill = TemporaryFolder::create();
  if (!spill) return spill.error();
  auto state = std::make_unique<State>(**library, suffixes, *std::move(spill));
  const DuckDbLibrary& api = state->api;
  duckdb_config config = nullptr;
  char* words = nullptr;
  bool done = api.create_config(&config) == DuckDBSuccess;
  for (const auto& [name, value] :
       {std::pair("autoinstall_known_extensions", "false"), std::pair("autoload_known_extensions", "false"),
        std::pair("allow_community_extensions", "false"),
        std::pair("temp_directory", state->spill.path().c_str())})
    done = done && api.set_config(config, name, value) == DuckDBSuccess;
  done = done && api.open_ext(nullptr, &state->database, config, &words) == DuckDBSuccess &&
         api.connect(state->database, &state->connection) == DuckDBSuccess &&
         add_registrable_domain(api, state->connection, state->suffixes);
  api.destroy_config(&config);
  const std::string detail = words == nullptr ? "" : std::string(": ") + words;
  api.free(words);
  if (!done) return Error::unsupported("DuckDB does not start" + detail);
  return SqlDatabase(std::move(state));
}

void SqlDatabase::interrupt() {
  state_->api.interrupt(state_->connection);
}

Result<void> SqlDatabase::execute(const std::string& statements) {
  QueryResult result(state_->api);
  if (state_->api.query(state_->connection, statements.c_str(), &result.handle) == DuckDBSuccess) return {};
  return sql_error(state_->api.result_error(&result.handle));
}

Result<void> SqlDatabase::confine(const std::vector<std::string>& folders,
                                  const std::optional<std::string>& writable_file) {
  std::string list;
  for (const std::string& folder : folders) list += (list.empty() ? "" : ", ") + sql_quoted(folder);
  std::string statements = "SET allowed_directories = [" + list + "];";
  if (writable_file) statements += "SET allowed_paths = [" + sql_quoted(*writable_file) + "];";
  return execute(statements + "SET enable_external_access = false; SET lock_configuration = true;");
}

namespace {

// What a question is, once it is known to do nothing but read.
struct ReadingStatement {
  std::vector<SqlColumn> columns;
  bool is_explain = false;  // it cannot stand in parentheses; its columns are a key and the plan
};

Result<ReadingStatement> check_reads(const DuckDbLibrary& api, duckdb_connection connection,
                                     const std::string& text) {
  const Result<void> reading = require_reading_word(text);
  if (!reading) return reading.error();
  Statement statement(api);
  const Result<void> prepared = prepare_single(api, connection, text, statement);
  if (!prepared) return prepared.error();
  const duckdb_statement_type type = api.prepared_statement_type(statement.handle);
  if (type == DUCKDB_STATEMENT_TYPE_EXPLAIN) return ReadingStatement{{{"plan", false}}, true};
  if (type == DUCKDB_STATEMENT_TYPE_SELECT) return ReadingStatement{columns_of(api, statement)};
  return Error::invalid("a question only reads; this one would change something");
}

// The lines of a plan, a row each, in place of DuckDB's key and one text.
class PlanLines : public SqlRowSink {
 public:
  explicit PlanLines(SqlRowSink& lines) : lines_(lines) {}
  Result<void> begin(std::span<const SqlColumn> columns) override { return lines_.begin(columns); }
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override {
    std::string_view plan = cells.back().value_or("");
    while (!plan.empty()) {
      const size_t end = std::min(plan.find('\n'), plan.size());
      const std::optional<std::string_view> line = plan.substr(0, end);
      Result<void> passed = lines_.row({&line, 1});
      if (!passed) return passed;
      plan.remove_prefix(std::min(end + 1, plan.size()));
    }
    return {};
  }

 private:
  SqlRowSink& lines_;
};

// Hands all rows, whose columns are text, to the sink.
Result<uint64_t> pass_rows(const DuckDbLibrary& api, QueryResult& result, SqlRowSink& sink) {
  std::vector<std::optional<std::string_view>> cells(api.column_count(&result.handle));
  uint64_t rows = 0;
  for (;;) {
    const Chunk chunk(api, api.fetch_chunk(result.handle));
    if (chunk.handle == nullptr) break;
    const idx_t size = api.data_chunk_get_size(chunk.handle);
    for (idx_t row = 0; row < size; ++row, ++rows) {
      for (idx_t column = 0; column < cells.size(); ++column) {
        const duckdb_vector vector = api.data_chunk_get_vector(chunk.handle, column);
        cells[column].reset();
        if (is_valid(api.vector_get_validity(vector), row)) cells[column] = text_at(api, vector, row);
      }
      Result<void> passed = sink.row(cells);
      if (!passed) return passed.error();
    }
  }
  if (const char* words = api.result_error(&result.handle)) return sql_error(words);
  return rows;
}

Result<void> run(const DuckDbLibrary& api, duckdb_connection connection, const std::string& text,
                 const std::map<std::string, std::string>& parameters, QueryResult& result) {
  Statement statement(api);
  if (api.prepare(connection, text.c_str(), &statement.handle) != DuckDBSuccess)
    return sql_error(api.prepare_error(statement.handle));
  Result<void> bound = bind(api, statement, parameters);
  if (!bound) return bound;
  if (api.execute_prepared_streaming(statement.handle, &result.handle) == DuckDBSuccess) return {};
  return sql_error(api.result_error(&result.handle));
}

// The last cell of the last row.
class LastCell final : public SqlRowSink {
 public:
  Result<void> begin(std::span<const SqlColumn>) override { return {}; }
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override {
    text = cells.back().value_or("");
    return {};
  }
  std::string text;
};

}  // namespace

Result<std::vector<SqlColumn>> SqlDatabase::columns(const SqlQuestion& question) {
  Result<ReadingStatement> reading = check_reads(state_->api, state_->connection, question.text);
  return reading ? std::move(reading->columns) : Result<std::vector<SqlColumn>>(reading.error());
}

Result<std::string> SqlDatabase::plan(const SqlQuestion& question) {
  const DuckDbLibrary& api = state_->api;
  const Result<ReadingStatement> reading = check_reads(api, state_->connection, question.text);
  if (!reading) return reading.error();
  if (reading->is_explain) return Error::invalid("a plan has no plan");
  QueryResult result(api);
  const Result<void> running =
      run(api, state_->connection, "EXPLAIN (FORMAT json) " + question.text, question.parameters, result);
  if (!running) return running.error();
  LastCell plan;
  const Result<uint64_t> rows = pass_rows(api, result, plan);
  return rows ? Result<std::string>(std::move(plan.text)) : rows.error();
}

Result<uint64_t> SqlDatabase::select(const SqlQuestion& question, SqlForm form, SqlRowSink& sink) {
  const DuckDbLibrary& api = state_->api;
  Result<ReadingStatement> reading = check_reads(api, state_->connection, question.text);
  if (!reading) return reading.error();
  const std::string inner(without_semicolon(question.text));
  std::string text = question.text;
  if (form == SqlForm::kJson && reading->is_explain)
    return Error::invalid("a plan is no table: ask for it as text");
  if (form == SqlForm::kJson) {
    text = "SELECT to_json(\"the row\")::VARCHAR FROM (\n" + inner + "\n) AS \"the row\"";
    reading->columns = {{"json", false}};
  } else if (!reading->is_explain) {
    text = "SELECT COLUMNS(*)::VARCHAR FROM (\n" + inner + "\n)";
  }
  QueryResult result(api);
  const Result<void> running = run(api, state_->connection, text, question.parameters, result);
  if (!running) return running.error();
  const Result<void> begun = sink.begin(reading->columns);
  if (!begun) return begun.error();
  PlanLines plan(sink);
  return pass_rows(api, result, reading->is_explain ? plan : sink);
}

Result<uint64_t> SqlDatabase::select_into_parquet(const SqlQuestion& question, const std::string& path) {
  const DuckDbLibrary& api = state_->api;
  const Result<ReadingStatement> reading = check_reads(api, state_->connection, question.text);
  if (!reading) return reading.error();
  if (reading->is_explain) return Error::invalid("a plan is no table: ask for it as text");
  QueryResult result(api);
  const Result<void> running = run(api, state_->connection,
                                   "COPY (\n" + std::string(without_semicolon(question.text)) + "\n) TO " +
                                       sql_quoted(path) + " (FORMAT parquet, COMPRESSION zstd)",
                                   question.parameters, result);
  if (!running) return running.error();
  const Chunk chunk(api, api.fetch_chunk(result.handle));
  if (chunk.handle == nullptr) return sql_error(api.result_error(&result.handle));
  return static_cast<uint64_t>(
      *static_cast<int64_t*>(api.vector_get_data(api.data_chunk_get_vector(chunk.handle, 0))));
}

}  // namespace querymark
