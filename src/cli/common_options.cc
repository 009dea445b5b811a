// SPDX-License-Identifier: Apache-2.0
#include "cli/common_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace querymark {
namespace {

// The XDG base directory specification: relative paths in the variable are to be ignored.
std::string xdg_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && data[0] == '/') return data;
  if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/')
    return std::string(home) + "/.local/share";
  return "";
}

Result<std::string> default_home() {
  if (const char* home = std::getenv("QUERYMARK_HOME"); home != nullptr && home[0] != '\0')
    return std::string(home);
  const std::string data = xdg_data_folder();
  if (data.empty()) return Error::invalid("no home folder: set --home, QUERYMARK_HOME or HOME");
  return data + "/querymark";
}

LogLevel parse_log_level(const std::string& text) {
  if (text == "error") return LogLevel::kError;
  if (text == "warning") return LogLevel::kWarning;
  if (text == "debug") return LogLevel::kDebug;
  return LogLevel::kInfo;
}

}  // namespace

void add_common_options(CLI::App& app, RawCommonOptions& raw) {
  constexpr const char* kGroup = "Common options";
  app.add_option("--home", raw.common.home,
                 "Folder of the table and the store (default: $QUERYMARK_HOME, else XDG)")
      ->type_name("DIR")
      ->group(kGroup);
  app.add_option("--table", raw.common.table_uri,
                 "Table of interesting domains: sqlite:PATH, dynamodb:NAME or list:FILE")
      ->type_name("URI")
      ->group(kGroup);
  app.add_option("--psl", raw.common.psl_path, "Public Suffix List to use (default: the one compiled in)")
      ->type_name("FILE")
      ->group(kGroup);
  app.add_option("--psl-section", raw.psl_section, "Sections of the suffix list that count")
      ->check(CLI::IsMember({"all", "icann"}))
      ->capture_default_str()
      ->group(kGroup);
  app.add_option("--config", raw.config_path, "Configuration to read in place of the system's and the user's")
      ->type_name("FILE")
      ->group(kGroup);
  app.add_option("--log-level", raw.log_level, "What is told on stderr")
      ->check(CLI::IsMember({"error", "warning", "info", "debug"}))
      ->capture_default_str()
      ->group(kGroup);
  app.add_flag("--quiet", raw.quiet, "Tell errors only")->group(kGroup);
}

Result<void> apply_common_options(RawCommonOptions& raw) {
  set_log_level(raw.quiet ? LogLevel::kError : parse_log_level(raw.log_level));
  raw.common.psl_sections =
      raw.psl_section == "icann" ? SuffixSections::kIcann : SuffixSections::kIcannAndPrivate;
  if (!raw.common.home.empty()) return {};
  Result<std::string> home = default_home();
  if (!home) return home.error();
  raw.common.home = *std::move(home);
  return {};
}

Result<SuffixTable> CommonOptions::load_suffixes() const {
  if (psl_path.empty()) return SuffixTable::built_in().with_sections(psl_sections);
  const Result<SuffixTable> loaded = SuffixTable::load(psl_path);
  if (!loaded) return loaded.error();
  return loaded->with_sections(psl_sections);
}

ExitStatus fail(const Error& error) {
  print_error(error);
  return ExitStatus::kFailed;
}

}  // namespace querymark
