// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/verb_tree.h"

namespace querymark {

// The manual page querymark(1), in roff: prose of its own, and every verb and option of the command line.
std::string manual_page(const std::vector<Verb>& verbs, const std::string& version);

}  // namespace querymark
