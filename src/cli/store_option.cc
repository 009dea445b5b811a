// SPDX-License-Identifier: Apache-2.0
#include "cli/store_option.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <system_error>

namespace querymark {

namespace fs = std::filesystem;

void add_store_option(CLI::App& verb, std::string& uri) {
  verb.add_option("--store", uri, "Where the logs lie: dir:PATH (default: the home's store)")
      ->type_name("URI");
}

Result<std::string> store_folder(const std::string& uri, const std::string& home) {
  constexpr std::string_view kFolder = "dir:";
  if (!uri.empty() && !uri.starts_with(kFolder))
    return Error::invalid("--store " + uri + ": dir:PATH is wanted here");
  const fs::path given =
      uri.empty() ? fs::path(home) / "store" / "dns-query-logs" : fs::path(uri.substr(kFolder.size()));
  std::error_code code;
  const fs::path folder = fs::canonical(given, code);
  if (code) return Error::from_errno(code.value(), "open the store " + given.string());
  return folder.string();
}

}  // namespace querymark
