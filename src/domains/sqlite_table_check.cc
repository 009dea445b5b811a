// SPDX-License-Identifier: Apache-2.0
// SqliteTable's answers to: is everything as it should be?
#include "dns/domain_name.h"
#include "domains/sqlite_database.h"
#include "domains/sqlite_table.h"
#include "domains/table_schema.h"

namespace querymark {
namespace {

// Why a name takes part in nothing, or only where it is asked for itself; empty for a name like any other.
std::string fault_of(std::string_view text, const SuffixTable& suffixes) {
  const DomainName name = normalize_name(text);
  if (!name.ok()) return "no name: " + std::string(to_string(name.error()));
  if (is_ipv4_text(name.text())) return "an IP address";
  if (suffixes.registrable_domain(name.text()).empty()) return "no valid top-level domain";
  return "";
}

}  // namespace

Result<std::vector<std::string>> SqliteTable::check_integrity() {
  std::vector<std::string> faults;
  if (database_ == nullptr) return faults;
  Result<SqliteStatement> rows = database_->prepare("PRAGMA integrity_check");
  if (!rows) return rows.error();
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (rows->text(0) != "ok") faults.emplace_back(rows->text(0));
  }
  if (!row) return row.error();
  return faults;
}

Result<void> SqliteTable::visit_bad_rows(const SuffixTable& suffixes,
                                         const std::function<void(const BadRow&)>& visit) {
  if (database_ == nullptr) return {};
  for (const bool allow : {false, true}) {
    Result<SqliteStatement> rows = database_->prepare(std::string("SELECT name, list FROM ") +
                                                      entries_table(allow) + " ORDER BY list, name");
    if (!rows) return rows.error();
    Result<bool> row = rows->step();
    for (; row && *row; row = rows->step()) {
      std::string fault = fault_of(rows->text(0), suffixes);
      if (fault.empty()) continue;
      visit({std::string(rows->text(0)), std::string(rows->text(1)), allow, std::move(fault)});
    }
    if (!row) return row.error();
  }
  return {};
}

}  // namespace querymark
