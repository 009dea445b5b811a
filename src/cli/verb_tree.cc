// SPDX-License-Identifier: Apache-2.0
#include "cli/verb_tree.h"

#include <CLI/CLI.hpp>

namespace querymark {
namespace {

// CLI11 tells a fixed set as the end of the type's name: "TEXT:{registered,listed}".
std::vector<std::string> choices_of(const std::string& type_name) {
  const size_t begin = type_name.find('{');
  if (begin == std::string::npos || type_name.back() != '}') return {};
  return CLI::detail::split(type_name.substr(begin + 1, type_name.size() - begin - 2), ',');
}

VerbOption describe(const CLI::Option& option, bool is_common) {
  VerbOption described;
  described.name = "--" + option.get_lnames().front();
  described.description = option.get_description();
  described.is_common = is_common;
  if (option.get_items_expected_max() == 0) return described;
  const std::string type_name = option.get_type_name();
  described.choices = choices_of(type_name);
  described.value = described.choices.empty() ? type_name.substr(0, type_name.find(':'))
                                              : CLI::detail::join(described.choices, "|");
  return described;
}

std::string describe_positional(const CLI::Option& option) {
  std::string name = option.get_name(true);
  if (option.get_items_expected_max() > 1) name += "...";
  return option.get_required() ? name : "[" + name + "]";
}

void append_verbs(const CLI::App& app, const std::string& path, std::vector<Verb>& verbs) {
  Verb verb;
  verb.path = path;
  verb.description = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    if (option->get_positional()) {
      verb.positionals += (verb.positionals.empty() ? "" : " ") + describe_positional(*option);
    } else if (!option->get_lnames().empty()) {
      verb.options.push_back(describe(*option, path.empty()));
    }
  }
  std::vector<const CLI::App*> below;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (one->get_group().empty() || one->get_name().empty()) continue;
    below.push_back(one);
    verb.verbs.push_back(one->get_name());
  }
  verbs.push_back(std::move(verb));
  for (const CLI::App* one : below)
    append_verbs(*one, path.empty() ? one->get_name() : path + " " + one->get_name(), verbs);
}

}  // namespace

std::vector<Verb> list_verbs(const CLI::App& app) {
  std::vector<Verb> verbs;
  append_verbs(app, "", verbs);
  return verbs;
}

}  // namespace querymark
