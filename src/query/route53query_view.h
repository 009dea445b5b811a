// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/sql_database.h"

// The view `route53query`: marked logs of a store's folder as one table, with the columns of the Athena table
// (deploy/sam/athena/route53query.sql) and these:
//
//   datehour   of the folder an object lies in: '2026/11/24/10', or '2026/11/24' where folders are days.
//   Objects
//              of other folders than a question compares it with are not opened.
//   day        its first ten characters
//
// Reads gzip NDJSON (*.gz) and Parquet (*.parquet) below the folder, in whatever depth, as Firehose, Resolver
// and querymark lay them. All shapes that members of logs have had are read: srcport as text or number;
// srcids as object, with resolver-endpoint too, or as array of ids, whose first stands for the instance.
// registeredDomain is computed where a record does not carry it. Objects that have been compacted and are not
// gone yet are not read twice (store_files.h).
namespace querymark {

// kNotFound where there is no such folder; a folder without objects makes a view without rows. REQUIRES: an
// absolute path.
Result<void> create_route53query_view(SqlDatabase& database, const std::string& folder);

// Names of the view's columns, but for datehour and day.
std::span<const std::string_view> route53query_columns();

// Rows of gzip NDJSON objects with those columns and other_members (JSON: an object of a record's members
// that are no column) and filename. `files`: an SQL expression, a glob or a list. The first form leaves
// other_members NULL and takes a third of the time.
std::string select_from_ndjson(const std::string& files);
std::string select_with_other_members(const std::string& files);

}  // namespace querymark
