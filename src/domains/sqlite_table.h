// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domains/domain_set.h"
#include "domains/domain_table.h"
#include "psl/suffix_table.h"

// The table in one SQLite file, beside its compiled set: PATH.db and PATH.set. The schema is documented for
// people who write rows by hand (docs/table.md): every change gives the table a new version, theirs by
// triggers, so that the next current_set() compiles anew.
//
// Cost: an update of n entries of a list that holds m is one merge of both, some 1-2 us for each. Memory:
// SQLite's cache of 64 MB, whatever the size. Processes: readers never wait for a writer (WAL); writers and
// compilers wait for each other, under a lock file beside the table. Killed at any point, table and set are
// each the old or the new one. Threads: one at a time.
namespace querymark {

class SqliteDatabase;

enum class TableAccess : uint8_t {
  kRead,         // kNotFound where there is no file
  kReadOrEmpty,  // no file reads as an empty table, and is not created: for dry runs
  kWrite,        // creates file and folder where they are missing
};

class SqliteTable final : public DomainTable {
 public:
  // kCorrupt for a file that is no querymark table, kUnsupported for one of a newer version.
  static Result<SqliteTable> open(const std::string& path, TableAccess access);
  SqliteTable(SqliteTable&&) noexcept;
  SqliteTable& operator=(SqliteTable&&) noexcept;
  ~SqliteTable() override;

  Result<ListUpdateCounts> update_list(const ListUpdate& update, EntryStream& entries) override;
  Result<std::vector<uint64_t>> remove(const std::vector<std::string>& names, const std::string& list,
                                       bool allow) override;
  Result<std::vector<StoredEntry>> find_entries(std::string_view name) override;

  Result<std::vector<StoredEntry>> find_entries_below(std::string_view domain, size_t count_max) override;
  Result<void> visit_entries(const EntryFilter& filter,
                             const std::function<bool(const StoredEntry&)>& visit) override;
  Result<void> visit_names(bool allow, const std::function<bool(std::string_view)>& visit) override;
  Result<std::vector<ListSummary>> lists() override;
  // A list that is not known stays unknown.
  Result<void> record_failure(const std::string& list, int64_t now, const std::string& why) override;
  Result<void> visit_bad_rows(const SuffixTable& suffixes,
                              const std::function<void(const BadRow&)>& visit) override;

  // The compiled set of this table for this suffix list: the one beside the table if it is current, else it
  // is compiled. It is current when it is whole, made from this version with the same suffix list and
  // sections, and nothing in it has expired.
  Result<DomainSet> current_set(const SuffixTable& suffixes);
  // Compiles it whether it is current or not: where DomainSet::check() found damage.
  Result<DomainSet> recompile_set(const SuffixTable& suffixes);
  // Why current_set() would compile now: "the table has changed since"; empty where it would not.
  Result<std::string> staleness(const SuffixTable& suffixes);

  // SQLite's own check of the file; empty where it is whole.
  Result<std::vector<std::string>> check_integrity();

  const std::string& path() const { return path_; }
  std::string set_path() const;

 private:
  SqliteTable(std::string path, TableAccess access, std::unique_ptr<SqliteDatabase> database);

  std::string path_;
  TableAccess access_;
  std::unique_ptr<SqliteDatabase> database_;  // none: an empty table that is not there
};

}  // namespace querymark
