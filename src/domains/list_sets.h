// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Which lists a name came in: the last part of a domain set's file. Many names share few sets of lists, so
// each set is kept once and named by its number.
//
//   lists ads, spam; names in {ads}, {spam}, {ads, spam}  ->  sets 0, 1 and 2
//
// Cost: constant for a name in one list, else a look into a tree of the sets. Threads: one at a time.
namespace querymark {

class ListSetWriter {
 public:
  // Lists in any order; equal names are one list.
  explicit ListSetWriter(const std::vector<std::string>& list_names);

  // The lists' numbers in the order of their names, by index into the constructor's list_names.
  const std::vector<uint32_t>& ranks() const { return ranks_; }

  // The number of a set. REQUIRES: ranks ascend, none twice, at least one.
  uint32_t number(std::span<const uint32_t> set);

  // kLimit where a number does not fit 32 bits.
  Result<std::string> bytes() const;

 private:
  uint32_t add(std::vector<uint32_t> set);

  std::vector<uint32_t> ranks_;
  std::vector<std::string> names_;  // by rank
  std::vector<uint32_t> single_;    // by rank: the number of {rank}, kNone before it is asked for
  std::map<std::vector<uint32_t>, uint32_t> numbers_;
  std::vector<const std::vector<uint32_t>*> sets_;  // by number; nodes of numbers_
};

// Reads what ListSetWriter wrote, where it stands.
class ListSetReader {
 public:
  ListSetReader() = default;
  // Every number and size is looked at: no call below leaves `bytes`. kCorrupt, without a place, where one
  // does not fit. REQUIRES: bytes.data() is aligned for uint32_t.
  static Result<ListSetReader> open(std::string_view bytes);

  uint32_t set_count() const { return static_cast<uint32_t>(set_ends_.size()); }
  // REQUIRES: set < set_count().
  std::vector<std::string> names(uint32_t set) const;

 private:
  std::span<const uint32_t> name_ends_;  // into names_
  std::span<const uint32_t> set_ends_;   // into members_
  std::span<const uint32_t> members_;
  std::string_view names_;
};

}  // namespace querymark
