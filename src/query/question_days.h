// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "psl/suffix_table.h"
#include "query/sql_database.h"

namespace querymark {

// Which of a store's datehours a question reads, for those who fetch objects before they ask.
//
//   "SELECT … WHERE day = '2026/11/24'", {"2026/11/24/10", "2026/11/25/00"}   ->   {"2026/11/24/10"}
//
// DuckDB's own plan tells: it is made over a store of two empty objects, and the conditions on which it would
// leave objects closed are asked of each datehour. All of them where it does not tell. Errors of the question
// are found here already. Cost: some 50 ms.
Result<std::set<std::string>> datehours_read(const SqlQuestion& question,
                                             const std::set<std::string>& datehours,
                                             const SuffixTable& suffixes);

}  // namespace querymark
