// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "psl/suffix_table.h"

namespace querymark {

// What an entry written by hand may have wrong; it takes part in nothing then, or less.
struct BadRow {
  std::string name;
  std::string list;
  bool allow;
  std::string reason;  // "no name: empty label", "no valid top-level domain"
};

// Why a name takes part in nothing, or only where it is asked for itself; empty for a name like any other.
std::string name_fault(std::string_view text, const SuffixTable& suffixes);

}  // namespace querymark
