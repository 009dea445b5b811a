// SPDX-License-Identifier: Apache-2.0
#include "query/compaction.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/file_lock.h"
#include "query/object_contents.h"
#include "query/route53query_view.h"
#include "query/sql_database.h"
#include "query/store_files.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnfinishedSuffix = ".parquet.unfinished";
constexpr const char* kUnfinishedManifest = ".parquet.replaces.tmp.";  // AtomicFile's name for it
constexpr int kLockWaitMs = 1000;

Error from_code(const std::error_code& code, const std::string& what) {
  return Error::from_errno(code.value(), what);
}

Result<void> remove_file(const fs::path& path) {
  std::error_code code;
  fs::remove(path, code);
  return code ? from_code(code, "remove " + path.string()) : Result<void>();
}

// A folder's objects that are old enough, by name; and what a compaction that was killed left there.
struct FolderFiles {
  std::vector<fs::path> objects;
  std::vector<fs::path> manifests;
  std::vector<fs::path> unfinished;
};

Result<std::map<fs::path, FolderFiles>> list_folders(const CompactionOptions& options) {
  std::map<fs::path, FolderFiles> folders;
  const auto newest = fs::file_time_type::clock::now() - std::chrono::seconds(options.older_than_s);
  std::error_code code;
  for (fs::recursive_directory_iterator at(options.folder, code), end; !code && at != end;
       at.increment(code)) {
    const std::string name = at->path().filename();
    FolderFiles& files = folders[at->path().parent_path()];
    if (name.ends_with(kReplacesSuffix)) files.manifests.push_back(at->path());
    if (name.ends_with(kUnfinishedSuffix) || name.find(kUnfinishedManifest) != std::string::npos)
      files.unfinished.push_back(at->path());
    if (name.ends_with(kNdjsonSuffix) && at->is_regular_file(code) && at->last_write_time(code) <= newest)
      files.objects.push_back(at->path());
  }
  if (code) return from_code(code, "read the store's folder " + options.folder);
  for (auto& [folder, files] : folders) std::sort(files.objects.begin(), files.objects.end());
  return folders;
}

// Ends a compaction: the Parquet file is there for good, what it replaces goes.
Result<void> remove_replaced(const fs::path& manifest) {
  const Result<std::vector<std::string>> replaced = read_replaces(manifest);
  if (!replaced) return replaced.error();
  for (const std::string& object : *replaced)
    if (Result<void> removed = remove_file(object); !removed) return removed;
  if (Result<void> synced = sync_folder(manifest.parent_path()); !synced) return synced;
  return remove_file(manifest);
}

// After a run that was killed: a manifest whose Parquet file is there is carried out, another one forgotten.
Result<void> settle(FolderFiles& files) {
  for (const fs::path& manifest : files.manifests) {
    std::error_code code;
    const bool happened = fs::exists(parquet_path(manifest), code);
    Result<void> settled = happened ? remove_replaced(manifest) : remove_file(manifest);
    if (!settled) return settled;
  }
  for (const fs::path& path : files.unfinished)
    if (Result<void> removed = remove_file(path); !removed) return removed;
  std::erase_if(files.objects, [](const fs::path& path) { return !fs::exists(path); });
  return {};
}

Result<void> sync_file(const std::string& path) {
  const Result<UniqueFd> fd = open_for_reading(path);
  if (!fd) return fd.error();
  return ::fsync(fd->get()) == 0 ? Result<void>() : Error::from_errno(errno, "sync " + path);
}

// The object's name as Parquet: "a.gz" -> "a.parquet", or "a-1.parquet" where that is there already.
fs::path unused_name(const fs::path& object) {
  fs::path path = fs::path(object).replace_extension(kParquetSuffix);
  for (int i = 1; fs::exists(path); ++i)
    path.replace_filename(object.stem().string() + "-" + std::to_string(i) + kParquetSuffix);
  return path;
}

uint64_t size_of(const fs::path& path) {
  std::error_code code;
  const uintmax_t size = fs::file_size(path, code);
  return code ? 0 : size;
}

class Compaction {
 public:
  Compaction(SqlDatabase& database, const CompactionObserver& observer)
      : database_(database), observer_(observer) {}

  Result<void> compact(const fs::path& folder, FolderFiles& files) {
    Result<void> settled = settle(files);
    if (!settled) return settled;
    const Sources sources = examine(files.objects);
    if (sources.paths.empty()) return {};
    const fs::path target = unused_name(sources.paths.front());
    Result<void> written = write(sources, target);
    if (!written) return written;
    Result<void> removed = remove_replaced(replaces_path(target));
    if (!removed) return removed;
    counts_.objects += sources.paths.size();
    counts_.records += sources.records;
    counts_.bytes_before += sources.bytes;
    counts_.bytes_after += size_of(target);
    ++counts_.files;
    observer_.compacted(folder, counts_);
    return {};
  }
  const CompactionCounts& counts() const { return counts_; }

 private:
  struct Sources {
    std::vector<std::string> paths;
    uint64_t records = 0;
    uint64_t bytes = 0;
    bool have_other_members = false;
  };

  Sources examine(const std::vector<fs::path>& objects) {
    Sources sources;
    for (const fs::path& path : objects) {
      const Result<ObjectContents> contents = examine_object(path);
      if (!contents) {
        ++counts_.left;
        observer_.left(contents.error());
        continue;
      }
      sources.paths.push_back(path);
      sources.records += contents->records;
      sources.bytes += size_of(path);
      sources.have_other_members = sources.have_other_members || contents->has_other_members;
    }
    return sources;
  }

  // Writes the Parquet file under another name, then what it replaces, and only then renames it.
  Result<void> write(const Sources& sources, const fs::path& target) {
    const std::string unfinished = fs::path(target).replace_extension(kUnfinishedSuffix);
    Result<void> done = fill(sources, unfinished);
    if (done) done = sync_file(unfinished);
    if (done) done = write_manifest(sources, target);
    std::error_code code;
    if (done) fs::rename(unfinished, target, code);
    if (code) done = from_code(code, "rename " + unfinished);
    if (done) return sync_folder(target.parent_path());
    fs::remove(unfinished, code);
    return done;
  }

  Result<void> fill(const Sources& sources, const std::string& path) {
    std::string list;
    for (const std::string& source : sources.paths) list += (list.empty() ? "" : ", ") + sql_quoted(source);
    const std::string rows = sources.have_other_members ? select_with_other_members("[" + list + "]")
                                                        : select_from_ndjson("[" + list + "]");
    Result<uint64_t> written = database_.select_into_parquet(
        {"SELECT * EXCLUDE (filename) FROM (" + rows +
             ") ORDER BY isMatchedDomain DESC, registeredDomain, srcaddr, query_timestamp",
         {}},
        path);
    if (!written) return written.error();
    if (*written == sources.records) return {};
    return Error::corrupt(path + " holds " + std::to_string(*written) + " records, the objects " +
                          std::to_string(sources.records) + ": nothing is replaced");
  }

  static Result<void> write_manifest(const Sources& sources, const fs::path& target) {
    Result<AtomicFile> file = AtomicFile::create(replaces_path(target));
    if (!file) return file.error();
    for (const std::string& source : sources.paths)
      if (Result<void> added = file->append(fs::path(source).filename().string() + "\n"); !added)
        return added;
    return file->commit();
  }

  SqlDatabase& database_;
  const CompactionObserver& observer_;
  CompactionCounts counts_;
};

}  // namespace

Result<CompactionCounts> compact_store(const CompactionOptions& options, const SuffixTable& suffixes,
                                       const CompactionObserver& observer) {
  const Result<FileLock> lock = FileLock::acquire(options.folder + "/.compaction.lock", kLockWaitMs);
  if (!lock) return lock.error();
  Result<SqlDatabase> database = SqlDatabase::open(suffixes);
  if (!database) return database.error();
  Result<std::map<fs::path, FolderFiles>> folders = list_folders(options);
  if (!folders) return folders.error();
  Compaction compaction(*database, observer);
  for (auto& [folder, files] : *folders)
    if (const Result<void> compacted = compaction.compact(folder, files); !compacted)
      return compacted.error();
  return compaction.counts();
}

}  // namespace querymark
