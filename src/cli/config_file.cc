// SPDX-License-Identifier: Apache-2.0
#include "cli/config_file.h"

#include <toml++/toml.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kConfigSizeMax = size_t{1} << 20;

std::string place(const std::string& path, const toml::source_region& region) {
  return path + ":" + std::to_string(region.begin.line);
}

// A value as the command line would write it; nothing for dates and tables.
std::optional<std::string> value_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto flag = node.value_exact<bool>()) return std::string(*flag ? "true" : "false");
  if (const auto number = node.value_exact<int64_t>()) return std::to_string(*number);
  if (const auto number = node.value_exact<double>()) {
    std::ostringstream text;
    text << *number;
    return text.str();
  }
  return std::nullopt;
}

Result<void> apply_value(CLI::Option& option, const toml::node& node, const std::string& path) {
  std::vector<std::string> values;
  const toml::array* items = node.as_array();
  for (size_t i = 0; i < (items == nullptr ? 1 : items->size()); ++i) {
    std::optional<std::string> text = value_text(items == nullptr ? node : *items->get(i));
    if (!text)
      return Error::invalid(place(path, node.source()) + ": a string, number or truth value is wanted here");
    values.push_back(*std::move(text));
  }
  if (option.count() > 0) return {};
  try {
    option.add_result(values);
    option.run_callback();
  } catch (const CLI::Error& error) {
    return Error::invalid(place(path, node.source()) + ": " + error.what());
  }
  return {};
}

CLI::App* find_verb(CLI::App& app, const std::string& name) {
  const std::vector<CLI::App*> found =
      app.get_subcommands([&name](const CLI::App* verb) { return verb->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

Result<void> apply_table(CLI::App& app, const toml::table& table, const std::string& path) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (const toml::table* inner = node.as_table()) {
      CLI::App* verb = find_verb(app, name);
      if (verb == nullptr)
        return Error::invalid(place(path, node.source()) + ": no verb is called [" + name + "]");
      if (Result<void> applied = apply_table(*verb, *inner, path); !applied) return applied;
      continue;
    }
    CLI::Option* option = app.get_option_no_throw("--" + name);
    if (option == nullptr || name == "help" || name == "config")
      return Error::invalid(place(path, node.source()) + ": no option is called " + name);
    if (Result<void> applied = apply_value(*option, node, path); !applied) return applied;
  }
  return {};
}

}  // namespace

std::vector<std::string> default_config_paths() {
  std::vector<std::string> paths = {"/etc/querymark/querymark.toml"};
  if (const char* folder = std::getenv("XDG_CONFIG_HOME"); folder != nullptr && folder[0] == '/') {
    paths.push_back(std::string(folder) + "/querymark/querymark.toml");
  } else if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/') {
    paths.push_back(std::string(home) + "/.config/querymark/querymark.toml");
  }
  return paths;
}

Result<void> apply_config_file(CLI::App& app, const std::string& path) {
  const Result<std::string> text = read_file(path, kConfigSizeMax);
  if (!text) return text.error();
  try {
    return apply_table(app, toml::parse(*text), path);
  } catch (const toml::parse_error& error) {
    return Error::invalid(place(path, error.source()) + ": " + std::string(error.description()));
  }
}

}  // namespace querymark
