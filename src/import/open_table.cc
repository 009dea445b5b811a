// SPDX-License-Identifier: Apache-2.0
#include "import/open_table.h"

#include <filesystem>
#include <memory>

#include "domains/sqlite_table.h"
#include "import/list_set.h"
#include "import/list_source.h"

namespace querymark {
namespace {

Result<OpenedTable> open_sqlite(const std::string& path, const SuffixTable& suffixes) {
  Result<SqliteTable> table = SqliteTable::open(path, TableAccess::kRead);
  if (!table) return table.error();
  Result<DomainSet> set = table->current_set(suffixes);
  if (!set) return set.error();
  return OpenedTable{*std::move(set), "sqlite:" + path};
}

Result<OpenedTable> open_list(const std::string& path, const SuffixTable& suffixes) {
  const Result<std::unique_ptr<ListSource>> source = open_list_file(path);
  if (!source) return source.error();
  Result<DomainSet> set = compile_list(**source, list_name_of(path), suffixes);
  if (!set) return set.error();
  return OpenedTable{*std::move(set), "list:" + path};
}

}  // namespace

std::string home_table_path(const std::string& home) {
  return (std::filesystem::path(home) / "domains.db").string();
}

std::string dynamodb_table_name(const std::string& uri) {
  constexpr std::string_view kDynamoDb = "dynamodb:";
  return uri.starts_with(kDynamoDb) ? uri.substr(kDynamoDb.size()) : "";
}

Result<std::string> table_path(const std::string& uri, const std::string& home) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (uri.empty()) return home_table_path(home);
  if (uri.starts_with(kSqlite) && uri.size() > kSqlite.size()) return uri.substr(kSqlite.size());
  return Error::invalid("--table " + uri + ": sqlite:PATH or dynamodb:NAME is wanted here");
}

Result<OpenedTable> open_table(const std::string& uri, const std::string& home, const SuffixTable& suffixes) {
  constexpr std::string_view kList = "list:";
  if (uri.starts_with(kList) && uri.size() > kList.size())
    return open_list(uri.substr(kList.size()), suffixes);
  const Result<std::string> path = table_path(uri, home);
  if (!path) return Error::invalid("--table " + uri + ": a table is sqlite:PATH, dynamodb:NAME or list:FILE");
  return open_sqlite(*path, suffixes);
}

}  // namespace querymark
