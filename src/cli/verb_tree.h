// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// The command line as data: what the manual page and the shells' completions are written from, so that they
// name every verb and option there is. Hidden ones are left out.
namespace CLI {
class App;
}

namespace querymark {

struct VerbOption {
  std::string name;                  // "--output"
  std::string value;                 // "FILE"; empty for a flag
  std::vector<std::string> choices;  // what it may be, where that is a fixed set
  std::string description;
  bool is_common = false;  // understood by every verb
};

struct Verb {
  std::string path;  // "mark", "domains import"; empty for the program itself
  std::string description;
  std::string positionals;  // "[FILE...]"
  std::vector<VerbOption> options;
  std::vector<std::string> verbs;  // names of the verbs below it
};

// The program first, each verb before those below it.
std::vector<Verb> list_verbs(const CLI::App& app);

}  // namespace querymark
