// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domains/domain_set.h"
#include "psl/suffix_table.h"

// The table of a run, by its URI, ready to be asked.
//
//   ""                    the home's own table, HOME/domains.db
//   "sqlite:PATH"         a table elsewhere; its compiled set stands beside it
//   "list:FILE"           a text list in any format (or "-"), compiled for this run only
namespace querymark {

struct OpenedTable {
  DomainSet set;            // of the suffix list asked for; current when it was opened
  std::string description;  // for people and logs: "sqlite:/var/lib/querymark/domains.db"
};

// Under a millisecond where the compiled set is current, which is asked of the table's version; else it is
// compiled first (about a second for a million entries). A home that cannot be written to gets its set
// compiled into an unnamed file. Never a set that is empty because something is missing: a table that is not
// there is kNotFound, a list that cannot be read an error. To follow a table that changes, open it again from
// time to time and compare set.table_version().
Result<OpenedTable> open_table(const std::string& uri, const std::string& home, const SuffixTable& suffixes);

// NAME of "dynamodb:NAME"; empty for any other URI.
std::string dynamodb_table_name(const std::string& uri);

// Where the home's own table stands: HOME/domains.db.
std::string home_table_path(const std::string& home);

// The SQLite file that the URI names, for those who change it. kInvalid where it names something else.
Result<std::string> table_path(const std::string& uri, const std::string& home);

}  // namespace querymark
