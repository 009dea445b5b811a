// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/verb_tree.h"

// Completion of the command line, as a script for each shell. After a verb its options are offered, after an
// option with a fixed set of values those, and file names everywhere else.
namespace querymark {

std::string bash_completion(
    const std::vector<Verb>& verbs);                         // for bash-completion's folder, or to be sourced
std::string zsh_completion(const std::vector<Verb>& verbs);  // _querymark, for a folder of $fpath
std::string fish_completion(const std::vector<Verb>& verbs);  // querymark.fish

}  // namespace querymark
