// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "psl/suffix_table.h"
#include "query/duckdb_library-inl.h"

namespace querymark {

// Gives SQL the function registrable_domain(name): NULL where a name has none. False where DuckDB refuses. The
// table must outlive the database.
bool add_registrable_domain(const DuckDbLibrary& api, duckdb_connection connection, SuffixTable& suffixes);

}  // namespace querymark
