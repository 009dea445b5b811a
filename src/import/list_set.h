// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "domains/domain_set.h"
#include "import/list_source.h"
#include "psl/suffix_table.h"

namespace querymark {

// A text list as a compiled set in memory, for one run and without a table: --table list:FILE. Entries are
// kept `registered`; exceptions of the list are left out, as an import does by default. Its table_version()
// is 0.
Result<DomainSet> compile_list(ListSource& source, const std::string& list_name, const SuffixTable& suffixes);

}  // namespace querymark
