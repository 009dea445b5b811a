// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/sql_database.h"

// Rows as text, for a sink of lines.
namespace querymark {

// Takes a line without its line feed; an Error ends the question.
using LineFunction = std::function<Result<void>(std::string_view line)>;

// RFC 4180, a header first, lines ending in LF; NULL is an empty field, an empty text is "".
class CsvRows : public SqlRowSink {
 public:
  explicit CsvRows(LineFunction write) : write_(std::move(write)) {}
  Result<void> begin(std::span<const SqlColumn> columns) override;
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override;

 private:
  LineFunction write_;
  std::string line_;
};

// The first cell of a row is the line: for SqlForm::kJson.
class JsonRows : public SqlRowSink {
 public:
  explicit JsonRows(LineFunction write) : write_(std::move(write)) {}
  Result<void> begin(std::span<const SqlColumn>) override { return {}; }
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override;

 private:
  LineFunction write_;
};

// Columns aligned by what the first kRowsMeasured rows need, numbers to the right; control characters are
// shown as escapes, so that no record can move a terminal's cursor.
class TableRows : public SqlRowSink {
 public:
  static constexpr size_t kRowsMeasured = 1000;
  static constexpr size_t kWidthMax = 80;  // of a column; longer cells shift the rest of their line

  explicit TableRows(LineFunction write) : write_(std::move(write)) {}
  Result<void> begin(std::span<const SqlColumn> columns) override;
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override;
  // Writes what has been waiting for its measures. REQUIRES: called once, after the last row.
  Result<void> finish();

 private:
  Result<void> flush();
  Result<void> write_row(const std::vector<std::string>& cells);

  LineFunction write_;
  std::vector<SqlColumn> columns_;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> waiting_;
  bool flushed_ = false;
};

}  // namespace querymark
