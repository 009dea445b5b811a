// SPDX-License-Identifier: Apache-2.0
// SqliteTable's answers to: is everything as it should be?
#include "domains/bad_row.h"
#include "domains/sqlite_database.h"
#include "domains/sqlite_table.h"
#include "domains/table_schema.h"

namespace querymark {
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
      std::string fault = name_fault(rows->text(0), suffixes);
      if (fault.empty()) continue;
      visit({std::string(rows->text(0)), std::string(rows->text(1)), allow, std::move(fault)});
    }
    if (!row) return row.error();
  }
  return {};
}

}  // namespace querymark
