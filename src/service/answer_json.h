// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "query/sql_database.h"

namespace querymark {

// The answer to a question as a page takes it, up to bounds of rows and bytes.
//
//   {"columns":[{"name":"n","number":true}],"rows":[["1"],[null]],"truncated":false}
//
// Cells are text or null. A bound reached ends the question: row() is kLimit, and is_truncated() tells that
// it was no failure.
class AnswerJson final : public SqlRowSink {
 public:
  AnswerJson(uint64_t rows_max, size_t size_max) : rows_max_(rows_max), size_max_(size_max) {}

  Result<void> begin(std::span<const SqlColumn> columns) override;
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override;

  bool is_truncated() const { return is_truncated_; }
  // The object, without its last brace, for more members. REQUIRES: called once, begin() was called.
  std::string take();

 private:
  uint64_t rows_max_;
  size_t size_max_;
  uint64_t rows_ = 0;
  std::string text_;
  bool is_truncated_ = false;
};

}  // namespace querymark
