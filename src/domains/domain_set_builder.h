// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"
#include "psl/suffix_table.h"

// Entries of the table -> the file that DomainSet maps.
namespace querymark {

// One row of the table: one name in one list.
struct DomainSetRow {
  std::string_view name;  // as listed, in normal form
  EntryScope scope;
  EntryKeep keep;
  bool allow;
  uint32_t list;         // index into the list names
  uint64_t valid_until;  // Unix seconds; UINT64_MAX: does not expire
};

struct DomainSetSource {
  uint64_t table_version;
  std::vector<std::string> list_names;
};

class DomainSetBuilder {
 public:
  // `suffixes` gives each row's registrable domain and must outlive the builder. Work files stand beside `path` and
  // vanish with the builder.
  static Result<DomainSetBuilder> create(const std::string& path, const SuffixTable& suffixes,
                                         DomainSetSource source);

  // Rows in any order; the same name may come in several lists, with several scopes, and as allow entry too. Expired
  // rows are the caller's to leave out.
  Result<void> add(const DomainSetRow& row);

  // Writes the file and puts it at `path` whole or not at all (AtomicFile). REQUIRES: called once, last.
  Result<void> finish();
};

}  // namespace querymark
