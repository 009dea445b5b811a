// SPDX-License-Identifier: Apache-2.0
#include "query/route53query_view.h"

#include <array>
#include <set>

#include "query/store_files.h"

namespace querymark {
namespace {

// Names and types, those of contracts that Athena's table has too. `match` and `registeredDomain` come with
// --annotate.
struct TypedColumn {
  std::string_view name;
  std::string_view type;
};
constexpr std::string_view kText = "VARCHAR";
constexpr std::array kTypedColumns = {
    TypedColumn{"version", kText},
    TypedColumn{"account_id", kText},
    TypedColumn{"region", kText},
    TypedColumn{"vpc_id", kText},
    TypedColumn{"query_timestamp", kText},
    TypedColumn{"query_name", kText},
    TypedColumn{"query_type", kText},
    TypedColumn{"query_class", kText},
    TypedColumn{"rcode", kText},
    TypedColumn{"answers", R"(STRUCT(Rdata VARCHAR, "Type" VARCHAR, "Class" VARCHAR)[])"},
    TypedColumn{"srcaddr", kText},
    TypedColumn{"srcport", "INTEGER"},
    TypedColumn{"transport", kText},
    TypedColumn{"srcids",
                "STRUCT(instance VARCHAR, resolver_endpoint VARCHAR, resolver_network_interface VARCHAR)"},
    TypedColumn{"isMatchedDomain", kText},
    TypedColumn{"firewall_rule_action", kText},
    TypedColumn{"firewall_rule_group_id", kText},
    TypedColumn{"firewall_domain_list_id", kText},
    TypedColumn{"registeredDomain", kText},
    TypedColumn{"match", "STRUCT(entry VARCHAR, scope VARCHAR, lists VARCHAR[])"}};

constexpr auto kColumns = [] {
  std::array<std::string_view, kTypedColumns.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kTypedColumns[i].name;
  return names;
}();

// "version", "account_id", …, each `before` NAME `after`.
std::string each_column(std::string_view before, std::string_view after) {
  std::string list;
  for (const std::string_view column : kColumns)
    list.append(list.empty() ? "" : ", ").append(before).append(column).append(after);
  return list;
}

std::string column_names() {
  return each_column("\"", "\"");
}

constexpr const char* kFromNdjson = R"(SELECT
  version, account_id, region, vpc_id, query_timestamp, query_name, query_type, query_class, rcode,
  TRY_CAST(answers AS STRUCT(Rdata VARCHAR, "Type" VARCHAR, "Class" VARCHAR)[]) AS answers,
  srcaddr,
  TRY_CAST(srcport AS INTEGER) AS srcport,
  transport,
  struct_pack(
    instance := coalesce(srcids ->> '$.instance', srcids ->> '$[0]'),
    resolver_endpoint := coalesce(srcids ->> '$.resolver_endpoint', srcids ->> '$."resolver-endpoint"'),
    resolver_network_interface := srcids ->> '$.resolver_network_interface') AS srcids,
  isMatchedDomain, firewall_rule_action, firewall_rule_group_id, firewall_domain_list_id,
  coalesce(registeredDomain, registrable_domain(query_name)) AS registeredDomain,
  TRY_CAST("match" AS STRUCT(entry VARCHAR, scope VARCHAR, lists VARCHAR[])) AS "match",
  other_members,
  filename
FROM )";

// A line is as long as a record may be, and the members that marking adds.
constexpr const char* kNdjsonOptions =
    "compression = 'gzip', filename = true, maximum_object_size = 17825792";

// Members that are read as JSON, so that no shape of them makes an error; others become text.
bool is_read_as_json(std::string_view column) {
  return column == "answers" || column == "srcids" || column == "match";
}

// The folder's date: whole folders of it, or a day and then the stream's name, as keys are where a prefix
// lacks its last slash.
constexpr const char* kDatehour =
    R"(regexp_extract(filename, '/([0-9]{4}/[0-9]{2}/[0-9]{2}(/[0-9]{2})?)[^/]*(/[^/]*)?$', 1))";

std::string glob(const std::string& folder, const char* suffix) {
  return sql_quoted(folder + "/**/*" + suffix);
}

// SQL's names are alike in either case.
std::string in_lower_case(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// Parquet of other makers may lack columns or have more.
Result<std::string> select_from_parquet(SqlDatabase& database, const std::string& files) {
  const std::string source = " FROM read_parquet(" + files + ", union_by_name = true, filename = true)";
  const Result<std::vector<SqlColumn>> columns = database.columns({"SELECT *" + source, {}});
  if (!columns) return columns.error();
  std::set<std::string> found;
  for (const SqlColumn& column : *columns) found.insert(in_lower_case(column.name));
  std::string select = "SELECT ";
  for (const TypedColumn& column : kTypedColumns) {
    if (!found.contains(in_lower_case(column.name)))
      select.append("NULL::").append(column.type).append(" AS ");
    select.append("\"").append(column.name).append("\", ");
  }
  return select + "filename" + source;
}

// None: as if there were one without records.
std::string select_nothing() {
  std::string select = "SELECT ";
  for (const TypedColumn& column : kTypedColumns)
    select.append("NULL::").append(column.type).append(" AS \"").append(column.name).append("\", ");
  return select + "''::VARCHAR AS filename LIMIT 0";
}

std::string where_not_replaced(const StoreFiles& files) {
  if (files.replaced.empty()) return "";
  std::string list;
  for (const std::string& path : files.replaced) list += (list.empty() ? "" : ", ") + sql_quoted(path);
  return " WHERE filename NOT IN (" + list + ")";
}

}  // namespace

std::span<const std::string_view> route53query_columns() {
  return kColumns;
}

std::string select_from_ndjson(const std::string& files) {
  std::string types;
  for (const std::string_view column : kColumns) {
    types.append(types.empty() ? "\"" : ", \"").append(column);
    types += is_read_as_json(column) ? "\": 'JSON'" : "\": 'VARCHAR'";
  }
  return kFromNdjson + ("(SELECT *, NULL::JSON AS other_members FROM read_ndjson(" + files + ", " +
                        kNdjsonOptions + ", columns = {" + types + "}))");
}

std::string select_with_other_members(const std::string& files) {
  std::string members;
  for (const std::string_view column : kColumns)
    members.append(is_read_as_json(column) ? "json -> '$." : "json ->> '$.")
        .append(column)
        .append("' AS \"")
        .append(column)
        .append("\", ");
  return kFromNdjson +
         ("(SELECT " + members + "nullif(json_merge_patch(json, '{" + each_column("\"", "\": null") +
          "}'), '{}') AS other_members, filename FROM read_ndjson_objects(" + files + ", " + kNdjsonOptions +
          "))");
}

Result<void> create_route53query_view(SqlDatabase& database, const std::string& folder) {
  const Result<StoreFiles> files = list_store_files(folder);
  if (!files) return files.error();
  // A question is planned several times, and each time every file's schema is looked at.
  Result<void> done = database.execute("SET parquet_metadata_cache = true");
  if (!done) return done;
  std::string rows;
  if (files->has_ndjson)
    rows = "SELECT " + column_names() + ", filename FROM (" +
           select_from_ndjson(glob(folder, kNdjsonSuffix)) + ")" + where_not_replaced(*files);
  if (files->has_parquet) {
    const Result<std::string> parquet = select_from_parquet(database, glob(folder, kParquetSuffix));
    if (!parquet) return parquet.error();
    rows += (rows.empty() ? "" : " UNION ALL ") + *parquet;
  }
  if (rows.empty()) rows = select_nothing();
  return database.execute("CREATE VIEW route53query AS SELECT " + column_names() + ", " + kDatehour +
                          " AS datehour, left(datehour, 10) AS day FROM (" + rows + ")");
}

}  // namespace querymark
