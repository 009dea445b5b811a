// SPDX-License-Identifier: Apache-2.0
#include "cli/store_option.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <system_error>

namespace querymark {

namespace fs = std::filesystem;

void add_store_option(CLI::App& verb, std::string& uri) {
  verb.add_option("--store", uri,
                  "Where the logs lie: dir:PATH or s3://BUCKET/PREFIX (default: the home's store)")
      ->type_name("URI");
}

Result<LogStore> open_log_store(const std::string& uri, const std::string& home, uint64_t cache_size_max,
                                AwsAccess& aws) {
  if (!S3Uri::is_one(uri)) {
    Result<std::string> folder = store_folder(uri, home);
    return folder ? Result<LogStore>(LogStore(*std::move(folder))) : folder.error();
  }
  Result<S3Uri> place = S3Uri::parse(uri);
  if (!place) return place.error();
  if (!place->is_prefix()) place->key += '/';
  const Result<const S3*> s3 = aws.s3();
  if (!s3) return s3.error();
  return LogStore(**s3, *std::move(place), home + "/cache", cache_size_max);
}

Result<std::string> store_folder(const std::string& uri, const std::string& home) {
  constexpr std::string_view kFolder = "dir:";
  if (!uri.empty() && !uri.starts_with(kFolder))
    return Error::invalid("--store " + uri + ": dir:PATH or s3://BUCKET/PREFIX is wanted here");
  const fs::path given =
      uri.empty() ? fs::path(home) / "store" / "dns-query-logs" : fs::path(uri.substr(kFolder.size()));
  std::error_code code;
  const fs::path folder = fs::canonical(given, code);
  if (code) return Error::from_errno(code.value(), "open the store " + given.string());
  return folder.string();
}

}  // namespace querymark
