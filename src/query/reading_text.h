// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

// What can be told of a question by its text alone.
namespace querymark {

// kInvalid unless the first word, after comments and parentheses, is one of a statement that reads: SELECT,
// WITH, FROM, VALUES, TABLE, DESCRIBE, SHOW, SUMMARIZE, or EXPLAIN of those. Asked before DuckDB sees the
// text, because preparing some others does things already (EXPORT DATABASE makes its folder).
Result<void> require_reading_word(std::string_view text);

// Without the last semicolons and blanks, to stand in parentheses.
std::string_view without_semicolon(std::string_view text);

}  // namespace querymark
