// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// What lies in a store's folder, as far as questions and the compaction need it.
//
//   2026/11/24/10/dns-1-2026-11-24-10-00-00-….gz       NDJSON, as it was delivered
//   2026/11/24/10/….parquet                            what the compaction made of such objects
//   2026/11/24/10/.….parquet.replaces                  which: a name a line. There until they are removed.
//
// A compaction has happened when its Parquet file is there: from then on the objects that it replaces are not
// read, whether or not they are gone already.
namespace querymark {

inline constexpr const char* kNdjsonSuffix = ".gz";
inline constexpr const char* kParquetSuffix = ".parquet";
inline constexpr const char* kReplacesSuffix = ".replaces";

struct StoreFiles {
  bool has_ndjson = false;
  bool has_parquet = false;
  std::vector<std::string> replaced;  // NDJSON objects that a Parquet file stands for; paths
};

// One walk over the folder: some microseconds a file. kNotFound where there is no such folder.
Result<StoreFiles> list_store_files(const std::string& folder);

bool is_manifest_name(std::string_view name);
// The manifest of a Parquet file, beside it; and the Parquet file of a manifest. Of keys in S3 likewise.
std::string replaces_path(const std::string& parquet_path);
std::string parquet_path(const std::string& manifest_path);
// Paths of the objects that the manifest names: those in its text, beside it.
Result<std::vector<std::string>> parse_replaces(std::string_view text, const std::string& manifest_path);
Result<std::vector<std::string>> read_replaces(const std::string& manifest_path);

}  // namespace querymark
