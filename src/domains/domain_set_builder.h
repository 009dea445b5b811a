// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"
#include "domains/domain_set.h"
#include "psl/suffix_table.h"

// Entries of the table -> the file that DomainSet maps.
//
//   builder.add({.name = "www.evil.com", .keep = kRegistered, …})  ->  names www.evil.com and evil.com
//
// Cost: a million rows take some 0.3 s and the sync. Memory: < 200 MB whatever their number; beyond some 2
// million they pass through a work file. Threads: one at a time.
//
// IMPLEMENTATION. Rows go by their names' seeded hashes into 64 parts, each in turn sorted, merged by name
// and written as name records: those then stand in the order of their hashes, and one more reading of them
// fills the buckets from the first to the last. Equal rows and an equal seed give an equal file, in whatever
// order the rows come.
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
  // Of the hash. Drawn by the builder where none is given, so that no one can aim names at one bucket.
  std::optional<uint64_t> seed = std::nullopt;
};

class DomainSetBuilder {
 public:
  // `suffixes` gives each row's registrable domain and must outlive the builder. The work file stands beside
  // `path`, without a name.
  static Result<DomainSetBuilder> create(const std::string& path, const SuffixTable& suffixes,
                                         const DomainSetSource& source);
  // The set and the work file are memory files, for one run.
  static Result<DomainSetBuilder> create_in_memory(const SuffixTable& suffixes,
                                                   const DomainSetSource& source);
  DomainSetBuilder(DomainSetBuilder&&) noexcept;
  DomainSetBuilder& operator=(DomainSetBuilder&&) noexcept;
  ~DomainSetBuilder();

  // Rows in any order; the same name may come in several lists, with several scopes, and as allow entry too.
  // Expired rows are the caller's to leave out. kInvalid for a name that is empty or longer than a normal
  // form can be, and for a list without a name.
  Result<void> add(const DomainSetRow& row);

  // Writes the file and puts it at `path` whole or not at all (AtomicFile). REQUIRES: of create(); called
  // once, last.
  Result<void> finish();
  // The set itself, which keeps its memory file alive. REQUIRES: of create_in_memory(); called once, last.
  Result<DomainSet> finish_in_memory();

 private:
  struct State;
  explicit DomainSetBuilder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace querymark
