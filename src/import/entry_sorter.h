// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "dns/entry_scope.h"

// Entries of a list in the order of their names, however many there are: sorted pieces in an unnamed file,
// merged.
//
//   EntrySorter sorter;
//   sorter.add({.name = "evil.com", …});          any number, any order
//   sorter.sort();
//   while (…) next = sorter.next();               interesting before allow entries; by name, source, line
//
// Cost: some 0.3 us an entry in memory, 0.5 us over the file. Memory: kSortMemoryMax, and 64 KiB for each
// piece of that size. The file is written only where one piece does not hold all; it stands in $TMPDIR, else
// /var/tmp.
namespace querymark {

inline constexpr size_t kSortMemoryMax = size_t{64} << 20;

struct SortEntry {
  std::string_view name;  // from next(): valid until the next call
  EntryScope scope = EntryScope::kExact;
  bool allow = false;
  bool is_registrable = false;  // the name is its own registrable domain
  uint32_t source = 0;
  uint64_t line = 0;
};

class EntrySorter {
 public:
  explicit EntrySorter(size_t memory_max = kSortMemoryMax);
  EntrySorter(EntrySorter&&) noexcept;
  EntrySorter& operator=(EntrySorter&&) = delete;
  ~EntrySorter();

  Result<void> add(const SortEntry& entry);
  // REQUIRES: called once, after the last add().
  Result<void> sort();
  // REQUIRES: after sort().
  Result<std::optional<SortEntry>> next();

 private:
  class Piece;
  class PieceFile;

  Result<void> write_piece();

  size_t memory_max_;
  std::unique_ptr<Piece> piece_;     // in memory
  std::unique_ptr<PieceFile> file_;  // none while one piece holds all
};

}  // namespace querymark
