// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace querymark {

// A match, as alerts tell of it.
struct Match {
  std::string record;              // marked, without a line feed
  std::string entry;               // the name that decided
  std::vector<std::string> lists;  // the lists behind it, in the order of their names
};

}  // namespace querymark
