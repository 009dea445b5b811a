// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "psl/suffix_table.h"

// Makes Parquet of a store's delivered objects: a folder's gzip NDJSON objects become one Parquet file,
// matched records first, each part sorted by first-level domain and source, which the view
// (route53query_view.h) reads in their place.
//
//   2026/11/24/10/a.gz, b.gz   ->   2026/11/24/10/a.parquet
//
// Nothing is removed before its replacement is durable and holds as many records as were counted in the
// objects by another reader than the one that wrote it. Killed at any moment, the store holds every record
// once: the step that counts is one rename (store_files.h), and the next run finishes or forgets what it
// finds. Members that are no column stay in the column other_members, as JSON; an object that holds anything
// but records stays as it is.
//
// Cost: about that of DuckDB's COPY of the same rows in the same order. Memory: DuckDB's limit; more goes to
// the folder for temporary files.
namespace querymark {

struct CompactionOptions {
  std::string folder;        // absolute
  int64_t older_than_s = 0;  // only objects that have not changed for so long
};

struct CompactionCounts {
  uint64_t objects = 0;
  uint64_t records = 0;
  uint64_t files = 0;  // of Parquet, made
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  uint64_t left = 0;  // objects that stay because they hold something else than records
};

// Hears of every folder that was compacted (the counts so far), and of every object left as it is and why.
struct CompactionObserver {
  std::function<void(const std::string& folder, const CompactionCounts& counts)> compacted;
  std::function<void(const Error& why)> left;
};

// kBusy where another compaction is at work in the store.
Result<CompactionCounts> compact_store(const CompactionOptions& options, const SuffixTable& suffixes,
                                       const CompactionObserver& observer);

}  // namespace querymark
