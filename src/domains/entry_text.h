// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "domains/domain_table.h"

// Entries and lists of the table as they are shown.
namespace querymark {

// evil.com  list fake, exact, kept registered, seen 2026-10-01 to 2026-10-22
std::string entry_text(const StoredEntry& entry);
// {"name":"evil.com","list":"fake",…}
std::string entry_json(const StoredEntry& entry);
// {"list":"fake","entries":12,…}
std::string list_json(const ListSummary& list);

// "2026-10-22 08:36:41" (UTC); empty for 0.
std::string time_text(int64_t unix_seconds);

}  // namespace querymark
