// SPDX-License-Identifier: Apache-2.0
#include "query/s3_compaction.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include "aws/aws_time.h"
#include "base/file.h"
#include "base/temporary_folder.h"
#include "query/s3_store.h"
#include "query/store_files.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockName = ".compaction.lock";

// Keys below one "folder", up to their last slash.
struct KeyFolder {
  std::vector<S3ListedObject> objects;  // gzip NDJSON, old enough
  std::vector<std::string> manifests;   // keys
  std::set<std::string> parquet;        // keys
};

std::string folder_of(const std::string& key) {
  return key.substr(0, key.rfind('/') + 1);
}

SystemTime time_of(const S3ListedObject& object) {
  return parse_iso8601(object.last_modified).value_or(std::chrono::system_clock::now());
}

class S3Compaction {
 public:
  S3Compaction(const S3& s3, const S3Uri& place, const SuffixTable& suffixes,
               const CompactionObserver& observer)
      : s3_(s3), place_(place), suffixes_(suffixes), observer_(observer) {}

  Result<CompactionCounts> run(int64_t older_than_s) {
    Result<void> done = lock();
    if (!done) return done.error();
    done = compact_all(older_than_s);
    const Result<void> unlocked = remove(place_.key + kLockName);
    if (done) done = unlocked;
    return done ? counts_ : Result<CompactionCounts>(done.error());
  }

 private:
  Result<void> lock() {
    const std::string key = place_.key + kLockName;
    const auto on_object = [&](const S3ListedObject& object) -> Result<void> {
      const bool is_left_behind =
          object.key == key && time_of(object) + kS3CompactionLockTime < std::chrono::system_clock::now();
      return is_left_behind ? remove(key) : Result<void>();
    };
    if (Result<void> listed = s3_.list(place_.bucket, key, "", on_object, Deadline::never()); !listed)
      return listed;
    const Result<std::string> put =
        s3_.put(place_.bucket, key, std::string_view("compact"), {{"If-None-Match", "*"}}, Deadline::never());
    if (put) return {};
    if (put.error().code != Errc::kStale) return put.error();
    return Error{Errc::kBusy, "another compaction is at work, or was killed less than a day ago: s3://" +
                                  place_.bucket + "/" + key};
  }

  Result<void> compact_all(int64_t older_than_s) {
    const SystemTime newest = std::chrono::system_clock::now() - std::chrono::seconds(older_than_s);
    std::map<std::string, KeyFolder> folders;
    const auto on_object = [&](const S3ListedObject& object) -> Result<void> {
      KeyFolder& folder = folders[folder_of(object.key)];
      if (is_manifest_name(fs::path(object.key).filename().native())) folder.manifests.push_back(object.key);
      if (object.key.ends_with(kParquetSuffix)) folder.parquet.insert(object.key);
      if (object.key.ends_with(kNdjsonSuffix) && time_of(object) <= newest) folder.objects.push_back(object);
      return {};
    };
    Result<void> done = s3_.list(place_.bucket, place_.key, "", on_object, Deadline::never());
    for (auto& [key, folder] : folders) {
      if (done) done = settle(folder);
      if (done && !folder.objects.empty()) done = compact(key, folder);
    }
    return done;
  }

  // After a run that was killed: a manifest whose Parquet file is there is carried out, another one forgotten.
  Result<void> settle(KeyFolder& folder) {
    for (const std::string& manifest : folder.manifests) {
      if (folder.parquet.contains(parquet_path(manifest))) {
        const Result<std::vector<std::string>> replaced = read_s3_replaces(s3_, place_.bucket, manifest);
        if (!replaced) return replaced.error();
        if (Result<void> removed = remove_all(*replaced); !removed) return removed;
        const std::set<std::string> gone(replaced->begin(), replaced->end());
        std::erase_if(folder.objects,
                      [&](const S3ListedObject& object) { return gone.contains(object.key); });
      }
      if (Result<void> removed = remove(manifest); !removed) return removed;
    }
    return {};
  }

  Result<void> compact(const std::string& key, const KeyFolder& folder) {
    Result<TemporaryFolder> work = TemporaryFolder::create();
    if (!work) return work.error();
    if (Result<void> fetched = fetch(folder, work->path()); !fetched) return fetched;
    const CompactionObserver observer{[](const std::string&, const CompactionCounts&) {},
                                      [&](const Error& why) {
                                        observer_.left({why.code, with_keys(why.detail, work->path(), key)});
                                      }};
    const Result<CompactionCounts> counts = compact_store({.folder = work->path()}, suffixes_, observer);
    if (!counts) return counts.error();
    if (Result<void> replaced = replace(key, folder, work->path()); !replaced) return replaced;
    counts_.objects += counts->objects;
    counts_.records += counts->records;
    counts_.files += counts->files;
    counts_.bytes_before += counts->bytes_before;
    counts_.bytes_after += counts->bytes_after;
    counts_.left += counts->left;
    if (counts->files > 0) observer_.compacted("s3://" + place_.bucket + "/" + key, counts_);
    return {};
  }

  // The objects; and empty files of the names that the new Parquet file must not take.
  Result<void> fetch(const KeyFolder& folder, const std::string& work) {
    for (const std::string& taken : folder.parquet)
      if (const Result<UniqueFd> file = open_for_writing(local_path(taken, work)); !file) return file.error();
    for (const S3ListedObject& object : folder.objects) {
      const std::string path = local_path(object.key, work);
      const Result<UniqueFd> file = open_for_writing(path);
      if (!file) return file.error();
      const HttpSink sink = [&](std::string_view bytes) { return write_all(file->get(), bytes, path); };
      const Result<S3ObjectInfo> got = s3_.get(
          {.bucket = place_.bucket, .key = object.key, .if_match = object.etag}, sink, Deadline::never());
      if (!got) return Error{got.error().code, object.key + ": " + got.error().detail};
    }
    return {};
  }

  // Puts the Parquet file that was made of the folder's objects, if one was, in their place.
  Result<void> replace(const std::string& key, const KeyFolder& folder, const std::string& work) {
    std::vector<std::string> replaced;
    std::string manifest;
    for (const S3ListedObject& object : folder.objects) {
      if (fs::exists(local_path(object.key, work))) continue;
      replaced.push_back(object.key);
      manifest.append(fs::path(object.key).filename().native()).append("\n");
    }
    if (replaced.empty()) return {};
    const std::string path = made_in(work, folder);
    const Result<MappedFile> made = MappedFile::open(path);
    if (!made) return made.error();
    const std::string target = key + fs::path(path).filename().native();
    Result<void> done = put(replaces_path(target), manifest);
    if (done) done = put(target, made->bytes());
    if (done) done = remove_all(replaced);
    return done ? remove(replaces_path(target)) : done;
  }

  // compact_store() makes one for a folder.
  std::string made_in(const std::string& work, const KeyFolder& folder) const {
    std::error_code code;
    for (fs::directory_iterator at(work, code), end; !code && at != end; at.increment(code)) {
      const std::string& path = at->path().native();
      const bool is_taken =
          std::any_of(folder.parquet.begin(), folder.parquet.end(),
                      [&](const std::string& key) { return local_path(key, work) == path; });
      if (path.ends_with(kParquetSuffix) && !is_taken) return path;
    }
    return work;
  }

  static std::string local_path(const std::string& key, const std::string& work) {
    return fs::path(work) / fs::path(key).filename();
  }

  std::string with_keys(std::string text, const std::string& work, const std::string& key) const {
    const size_t at = text.find(work + "/");
    if (at != std::string::npos) text.replace(at, work.size() + 1, "s3://" + place_.bucket + "/" + key);
    return text;
  }

  Result<void> put(const std::string& key, std::string_view bytes) {
    if (bytes.size() > kS3PutSizeMax) return Error::limit(key + " would be larger than S3 takes at once");
    const Result<std::string> done = s3_.put(place_.bucket, key, bytes, {}, Deadline::never());
    return done ? Result<void>() : done.error();
  }
  Result<void> remove(const std::string& key) { return s3_.remove(place_.bucket, key, Deadline::never()); }
  Result<void> remove_all(const std::vector<std::string>& keys) {
    for (const std::string& key : keys)
      if (Result<void> removed = remove(key); !removed) return removed;
    return {};
  }

  const S3& s3_;
  const S3Uri& place_;
  const SuffixTable& suffixes_;
  const CompactionObserver& observer_;
  CompactionCounts counts_;
};

}  // namespace

Result<CompactionCounts> compact_s3_store(const S3& s3, const S3Uri& place, int64_t older_than_s,
                                          const SuffixTable& suffixes, const CompactionObserver& observer) {
  return S3Compaction(s3, place, suffixes, observer).run(older_than_s);
}

}  // namespace querymark
