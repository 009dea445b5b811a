// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domains/domain_table.h"
#include "import/list_source.h"
#include "lists/list_reader.h"
#include "psl/suffix_table.h"

// Lists into a table of interesting domains.
//
//   0.0.0.0 evil.com     new in the list "fake"
//   0.0.0.0 evil.com     skipped: duplicate
//   0.0.0.0 10.0.0.1     skipped: ip_address
//
// One pass: entries are sorted as they are read, then merged with what the table holds of the list, so that
// nothing changes before everything has been read. Cost: 1-2 us an entry, most of it the table's. Memory:
// bounded by the sorter's and the table's, whatever the size of the list.
namespace querymark {

class ImportReceipt;

struct ImportOptions {
  std::string list;
  ListReaderOptions reader;
  EntryKeep keep = EntryKeep::kRegistered;
  bool allow = false;  // the whole of it is allow entries
  bool mirror = false;
  bool force = false;
  bool dry_run = false;
  std::optional<int64_t> expires;  // Unix seconds
  int64_t now = 0;                 // Unix seconds
};

// A source as it was read.
struct ImportedSource {
  std::string name;
  ListFormat format = ListFormat::kAuto;
  std::string format_reason;
};

// names_found = table.added + table.already_there + all that was skipped.
struct ImportSummary {
  std::string list;
  std::vector<ImportedSource> sources;
  uint64_t lines = 0;
  uint64_t names_found = 0;
  ListUpdateCounts table;
  std::array<uint64_t, kSkipReasonCount> skipped{};  // by SkipReason
  uint64_t public_suffixes = 0;  // entries that are themselves a public suffix: see docs/lists.md
  // Entries kept `listed` that are no registrable domain: `registered` matching does not see them.
  uint64_t only_listed = 0;

  uint64_t skipped_total() const;
};

struct ImportProgress {
  const std::string* source = nullptr;  // being read; null: all are, and the table is being written
  std::optional<double> fraction;       // of it
  uint64_t names = 0;                   // found so far, or written so far
};

// Called some times a MB read and some times a thousand entries written.
using ImportProgressFunction = std::function<void(const ImportProgress&)>;

// Reads all the sources into one list. On an error, of a source or of the table, the table is as it was.
// `receipt` and `progress` may be null.
Result<ImportSummary> import_list(const ImportOptions& options,
                                  std::span<const std::unique_ptr<ListSource>> sources,
                                  const SuffixTable& suffixes, DomainTable& table, ImportReceipt* receipt,
                                  const ImportProgressFunction& progress);

}  // namespace querymark
