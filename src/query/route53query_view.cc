// SPDX-License-Identifier: Apache-2.0
#include "query/route53query_view.h"

#include <array>

#include "query/store_files.h"

namespace querymark {
namespace {

// Types of contracts that Athena's table has too. `match` and `registeredDomain` come with --annotate.
constexpr const char* kTypedColumns = R"(
  version VARCHAR, account_id VARCHAR, region VARCHAR, vpc_id VARCHAR, query_timestamp VARCHAR,
  query_name VARCHAR, query_type VARCHAR, query_class VARCHAR, rcode VARCHAR,
  answers STRUCT(Rdata VARCHAR, "Type" VARCHAR, "Class" VARCHAR)[],
  srcaddr VARCHAR, srcport INTEGER, transport VARCHAR,
  srcids STRUCT(instance VARCHAR, resolver_endpoint VARCHAR, resolver_network_interface VARCHAR),
  isMatchedDomain VARCHAR,
  firewall_rule_action VARCHAR, firewall_rule_group_id VARCHAR, firewall_domain_list_id VARCHAR,
  registeredDomain VARCHAR, "match" STRUCT(entry VARCHAR, scope VARCHAR, lists VARCHAR[]))";

constexpr std::array<std::string_view, 20> kColumns = {"version",
                                                       "account_id",
                                                       "region",
                                                       "vpc_id",
                                                       "query_timestamp",
                                                       "query_name",
                                                       "query_type",
                                                       "query_class",
                                                       "rcode",
                                                       "answers",
                                                       "srcaddr",
                                                       "srcport",
                                                       "transport",
                                                       "srcids",
                                                       "isMatchedDomain",
                                                       "firewall_rule_action",
                                                       "firewall_rule_group_id",
                                                       "firewall_domain_list_id",
                                                       "registeredDomain",
                                                       "match"};

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

// Parquet of other makers may lack columns or have more: an empty table of ours gives those that are missing.
std::string select_from_parquet(const std::string& files) {
  return std::string("SELECT ") + column_names() +
         ", filename FROM (SELECT * FROM route53query_columns UNION ALL BY NAME SELECT * FROM read_parquet(" +
         files + ", union_by_name = true, filename = true))";
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
  const std::string select = "SELECT " + column_names() + ", filename FROM ";
  std::string rows = select + "route53query_columns";
  if (files->has_ndjson)
    rows += " UNION ALL " + select + "(" + select_from_ndjson(glob(folder, kNdjsonSuffix)) + ")" +
            where_not_replaced(*files);
  if (files->has_parquet) rows += " UNION ALL " + select_from_parquet(glob(folder, kParquetSuffix));
  return database.execute(std::string("CREATE TABLE route53query_columns (") + kTypedColumns +
                          ", filename VARCHAR); CREATE VIEW route53query AS SELECT " + column_names() + ", " +
                          kDatehour + " AS datehour, datehour[:10] AS day FROM (" + rows + ")");
}

}  // namespace querymark
