// SPDX-License-Identifier: Apache-2.0
#include "query/store_files.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/file.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

constexpr size_t kManifestSizeMax = size_t{64} << 20;

Result<void> add_file(const fs::path& path, StoreFiles& files) {
  const std::string name = path.filename();
  if (is_manifest_name(name)) {
    std::error_code code;
    if (!fs::exists(parquet_path(path), code)) return {};
    Result<std::vector<std::string>> replaced = read_replaces(path);
    if (!replaced) return replaced.error();
    files.replaced.insert(files.replaced.end(), replaced->begin(), replaced->end());
  } else {
    files.has_ndjson = files.has_ndjson || name.ends_with(kNdjsonSuffix);
    files.has_parquet = files.has_parquet || name.ends_with(kParquetSuffix);
  }
  return {};
}

}  // namespace

bool is_manifest_name(std::string_view name) {
  return name.starts_with('.') && name.ends_with(kReplacesSuffix);
}

std::string replaces_path(const std::string& parquet_path) {
  const fs::path path(parquet_path);
  std::string name = ".";
  name.append(path.filename().string()).append(kReplacesSuffix);
  return path.parent_path() / name;
}

std::string parquet_path(const std::string& manifest_path) {
  const fs::path path(manifest_path);
  const std::string name = path.filename();  // ".NAME.parquet.replaces"
  return path.parent_path() / name.substr(1, name.size() - 1 - std::string_view(kReplacesSuffix).size());
}

Result<std::vector<std::string>> parse_replaces(std::string_view text, const std::string& manifest_path) {
  std::vector<std::string> paths;
  const fs::path folder = fs::path(manifest_path).parent_path();
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return Error::corrupt(manifest_path + " ends in the middle of a line");
    paths.push_back(folder / text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return paths;
}

Result<std::vector<std::string>> read_replaces(const std::string& manifest_path) {
  const Result<std::string> text = read_file(manifest_path, kManifestSizeMax);
  return text ? parse_replaces(*text, manifest_path) : Result<std::vector<std::string>>(text.error());
}

Result<StoreFiles> list_store_files(const std::string& folder) {
  StoreFiles files;
  std::error_code code;
  for (fs::recursive_directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    if (!at->is_regular_file(code) || code) continue;
    const Result<void> added = add_file(at->path(), files);
    if (!added) return added.error();
  }
  if (code) return Error::from_errno(code.value(), "read the store's folder " + folder);
  return files;
}

}  // namespace querymark
