// SPDX-License-Identifier: Apache-2.0
// SqliteTable and the set compiled from it.
#include <ctime>
#include <functional>
#include <limits>
#include <utility>

#include "dns/domain_name.h"
#include "domains/domain_set_builder.h"
#include "domains/sqlite_database.h"
#include "domains/sqlite_table.h"
#include "domains/table_lock.h"
#include "domains/table_schema.h"

namespace querymark {
namespace {

struct CandidateSet {
  std::optional<DomainSet> set;  // if it is current
  std::string why_not;
};

uint64_t now_seconds() {
  return static_cast<uint64_t>(std::time(nullptr));
}

Result<uint64_t> version_of(const SqliteDatabase& database) {
  const Result<int64_t> version = database.integer("SELECT version FROM table_version");
  if (!version) return version.error();
  return static_cast<uint64_t>(*version);
}

// The set at `path` if it is what compiling would make now.
Result<CandidateSet> open_if_current(const std::string& path, const SqliteDatabase& database,
                                     const SuffixTable& suffixes) {
  const Result<uint64_t> version = version_of(database);
  if (!version) return version.error();
  Result<DomainSet> set = DomainSet::open(path);
  if (!set) {
    const bool missing = set.error().code == Errc::kNotFound;
    return CandidateSet{std::nullopt, missing ? "there is no compiled set yet" : set.error().detail};
  }
  if (set->table_version() != *version) return CandidateSet{std::nullopt, "the table has changed since"};
  if (set->suffix_identity() != suffixes.identity())
    return CandidateSet{std::nullopt, "it was compiled with another suffix list (" +
                                          std::string(set->suffix_identity()) + ")"};
  if (set->valid_until() <= now_seconds()) return CandidateSet{std::nullopt, "entries have expired since"};
  return CandidateSet{*std::move(set), ""};
}

Result<std::vector<std::string>> used_lists(const SqliteDatabase& database) {
  Result<SqliteStatement> rows = database.prepare("SELECT list FROM used_lists ORDER BY list");
  if (!rows) return rows.error();
  std::vector<std::string> lists;
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) lists.emplace_back(rows->text(0));
  if (!row) return row.error();
  return lists;
}

// Hands the builder the entries of one of the two tables that have not expired.
Result<void> add_rows(const SqliteDatabase& database, bool allow, const std::vector<std::string>& lists,
                      DomainSetBuilder& builder) {
  Result<SqliteStatement> rows = database.prepare(
      std::string("SELECT list, name, scope, expires, ") + (allow ? "'listed'" : "keep") + " FROM " +
      entries_table(allow) + " WHERE expires IS NULL OR expires > ?1 ORDER BY list, name");
  if (!rows) return rows.error();
  rows->bind(1, static_cast<int64_t>(now_seconds()));
  uint32_t list = 0;
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    while (lists[list] != rows->text(0)) ++list;  // rows and lists stand in one order
    // A hand may have written anything; what is no name can match none.
    const DomainName name = normalize_name(rows->text(1));
    if (!name.ok()) continue;
    const std::optional<int64_t> expires = rows->optional_integer(3);
    Result<void> added = builder.add(
        {.name = name.text(),
         .scope = rows->text(2) == to_string(EntryScope::kExact) ? EntryScope::kExact : EntryScope::kSubtree,
         .keep = rows->text(4) == to_string(EntryKeep::kListed) ? EntryKeep::kListed : EntryKeep::kRegistered,
         .allow = allow,
         .list = list,
         .valid_until = expires ? static_cast<uint64_t>(*expires) : std::numeric_limits<uint64_t>::max()});
    if (!added) return added;
  }
  if (!row) return row.error();
  return {};
}

using MakeBuilder = std::function<Result<DomainSetBuilder>(const DomainSetSource&)>;

// A builder with all the rows in it. Version, lists and rows are read in one transaction: the set is that
// version's whatever happens meanwhile.
Result<DomainSetBuilder> read_rows(const SqliteDatabase& database, const MakeBuilder& make_builder) {
  const Result<SqliteTransaction> snapshot =
      SqliteTransaction::begin(database, SqliteTransaction::Kind::kRead);
  if (!snapshot) return snapshot.error();
  const Result<uint64_t> version = version_of(database);
  if (!version) return version.error();
  const Result<std::vector<std::string>> lists = used_lists(database);
  if (!lists) return lists.error();
  Result<DomainSetBuilder> builder = make_builder({.table_version = *version, .list_names = *lists});
  if (!builder) return builder;
  for (const bool allow : {false, true}) {
    if (const Result<void> added = add_rows(database, allow, *lists, *builder); !added) return added.error();
  }
  return builder;
}

Result<DomainSet> compile_to(const std::string& path, const SqliteDatabase& database,
                             const SuffixTable& suffixes) {
  Result<DomainSetBuilder> builder = read_rows(database, [&](const DomainSetSource& source) {
    return DomainSetBuilder::create(path, suffixes, source);
  });
  if (!builder) return builder.error();
  if (const Result<void> finished = builder->finish(); !finished) return finished.error();
  return DomainSet::open(path);
}

// For this process only.
Result<DomainSet> compile_in_memory(const SqliteDatabase& database, const SuffixTable& suffixes) {
  Result<DomainSetBuilder> builder = read_rows(database, [&](const DomainSetSource& source) {
    return DomainSetBuilder::create_in_memory(suffixes, source);
  });
  if (!builder) return builder.error();
  return builder->finish_in_memory();
}

}  // namespace

std::string SqliteTable::set_path() const {
  constexpr std::string_view kSuffix = ".db";
  const std::string_view stem(path_.data(), path_.size() - (path_.ends_with(kSuffix) ? kSuffix.size() : 0));
  return std::string(stem) + ".set";
}

Result<DomainSet> SqliteTable::current_set(const SuffixTable& suffixes) {
  if (database_ == nullptr) return Error{Errc::kNotFound, "no table of interesting domains at " + path_};
  Result<CandidateSet> candidate = open_if_current(set_path(), *database_, suffixes);
  if (!candidate) return candidate.error();
  if (candidate->set) return *std::move(candidate->set);

  const Result<FileLock> lock = lock_table(path_);
  if (!lock) {
    if (lock.error().code == Errc::kDenied) return compile_in_memory(*database_, suffixes);
    return lock.error();
  }
  // Who held the lock before us may have compiled it.
  candidate = open_if_current(set_path(), *database_, suffixes);
  if (!candidate) return candidate.error();
  if (candidate->set) return *std::move(candidate->set);
  if (const Result<void> adopted = adopt_hand_edits(*database_); !adopted) return adopted.error();
  return compile_to(set_path(), *database_, suffixes);
}

Result<DomainSet> SqliteTable::recompile_set(const SuffixTable& suffixes) {
  if (database_ == nullptr) return Error{Errc::kNotFound, "no table of interesting domains at " + path_};
  const Result<FileLock> lock = lock_table(path_);
  if (!lock) return lock.error();
  if (const Result<void> adopted = adopt_hand_edits(*database_); !adopted) return adopted.error();
  return compile_to(set_path(), *database_, suffixes);
}

Result<std::string> SqliteTable::staleness(const SuffixTable& suffixes) {
  if (database_ == nullptr) return Error{Errc::kNotFound, "no table of interesting domains at " + path_};
  Result<CandidateSet> candidate = open_if_current(set_path(), *database_, suffixes);
  if (!candidate) return candidate.error();
  return candidate->why_not;
}

}  // namespace querymark
