// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <duckdb.h>

#include <string_view>

#include "base/result.h"

// DuckDB's C API, opened at run time. For the .cc files of this folder only: it shows DuckDB's own types.
namespace querymark {

// The functions in use, by their names without "duckdb_".
#define QUERYMARK_DUCKDB_FUNCTIONS(F) \
  F(bind_parameter_index)             \
  F(bind_varchar_length)              \
  F(close)                            \
  F(column_count)                     \
  F(connect)                          \
  F(create_config)                    \
  F(create_logical_type)              \
  F(create_scalar_function)           \
  F(data_chunk_get_size)              \
  F(data_chunk_get_vector)            \
  F(destroy_config)                   \
  F(destroy_data_chunk)               \
  F(destroy_extracted)                \
  F(destroy_logical_type)             \
  F(destroy_prepare)                  \
  F(destroy_result)                   \
  F(destroy_scalar_function)          \
  F(disconnect)                       \
  F(execute_prepared_streaming)       \
  F(extract_statements)               \
  F(extract_statements_error)         \
  F(fetch_chunk)                      \
  F(free)                             \
  F(interrupt)                        \
  F(nparams)                          \
  F(open_ext)                         \
  F(parameter_name)                   \
  F(prepare)                          \
  F(prepare_error)                    \
  F(prepare_extracted_statement)      \
  F(prepared_statement_column_count)  \
  F(prepared_statement_column_name)   \
  F(prepared_statement_column_type)   \
  F(prepared_statement_type)          \
  F(query)                            \
  F(register_scalar_function)         \
  F(result_error)                     \
  F(scalar_function_add_parameter)    \
  F(scalar_function_get_extra_info)   \
  F(scalar_function_set_extra_info)   \
  F(scalar_function_set_function)     \
  F(scalar_function_set_name)         \
  F(scalar_function_set_return_type)  \
  F(set_config)                       \
  F(string_t_data)                    \
  F(string_t_length)                  \
  F(validity_set_row_invalid)         \
  F(vector_assign_string_element_len) \
  F(vector_ensure_validity_writable)  \
  F(vector_get_data)                  \
  F(vector_get_validity)

struct DuckDbLibrary {
#define QUERYMARK_MEMBER(name) decltype(&::duckdb_##name) name;  // NOLINT(bugprone-macro-parentheses)
  QUERYMARK_DUCKDB_FUNCTIONS(QUERYMARK_MEMBER)
#undef QUERYMARK_MEMBER
};

// Looks beside the program (libduckdb.so), below it as it is installed (../lib/querymark/), and where the
// system keeps its libraries. Opened once, never closed. kNotFound says where it was looked for.
Result<const DuckDbLibrary*> duckdb_library();

// Whether a row of a vector holds a value; its text.
inline bool is_valid(const uint64_t* validity, idx_t row) {
  return validity == nullptr || (validity[row / 64] >> (row % 64) & 1) != 0;
}

inline std::string_view text_at(const DuckDbLibrary& api, duckdb_vector vector, idx_t row) {
  duckdb_string_t& value = static_cast<duckdb_string_t*>(api.vector_get_data(vector))[row];
  return {api.string_t_data(&value), api.string_t_length(value)};
}

}  // namespace querymark
