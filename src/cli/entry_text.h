// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "domains/domain_table.h"

// Entries of the table as they are shown.
namespace querymark {

// evil.com  list fake, exact, kept registered, seen 2026-10-01 to 2026-10-22
std::string entry_text(const StoredEntry& entry);
nlohmann::ordered_json entry_json(const StoredEntry& entry);

// On one line; bytes that are no UTF-8 become U+FFFD.
std::string dump_json(const nlohmann::ordered_json& json);

}  // namespace querymark
