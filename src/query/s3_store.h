// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/s3.h"
#include "aws/s3_uri.h"
#include "base/file_lock.h"
#include "base/result.h"

// A store in S3 for programs that read files: its objects are listed, those that a question wants are fetched
// into a cache of bounded size, and the question is given a folder that holds just these.
//
//   Result<std::vector<StoreObject>> objects = list_s3_store(s3, place, observer);
//   Result<StagedObjects> staged = S3StoreCache(place, HOME + "/cache").stage(s3, *objects, observer);
//   staged->folder()        2026/11/24/10/object-1f0c…-dns-query-logs-1-2026-11-24-10-05-00-….gz
//
// An object is fetched once, as long as it is the same (ETag) and the cache has room.
namespace querymark {

struct StoreObject {
  std::string key;
  std::string etag;
  uint64_t size = 0;
  std::string datehour;  // of its key, as the view's column: "2026/11/24/10", "2026/11/24" or nothing
};

struct S3StoreObserver {
  // What is about to be fetched; not called where all is there.
  std::function<void(size_t objects, uint64_t bytes)> on_fetch = [](size_t, uint64_t) {};
  // Asked again and again, at least once for each object and each piece of one: an Error ends the work, what
  // has been fetched stays.
  std::function<Result<void>()> check = [] { return Result<void>(); };
};

// "logs/2026/11/24/10/a.gz" -> "2026/11/24/10"
std::string datehour_of_key(std::string_view key);

// Objects below the place that a question may read: gzip NDJSON and Parquet, without what a Parquet file
// replaces (store_files.h). A request for each thousand.
Result<std::vector<StoreObject>> list_s3_store(const S3& s3, const S3Uri& place,
                                               const S3StoreObserver& observer);

// Keys of the objects that a manifest in S3 names (store_files.h).
Result<std::vector<std::string>> read_s3_replaces(const S3& s3, const std::string& bucket,
                                                  const std::string& manifest_key);

// Files of a question, in a folder of its own that is removed with this.
class StagedObjects {
 public:
  StagedObjects(std::string folder, FileLock lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
  StagedObjects(StagedObjects&& other) noexcept
      : folder_(std::exchange(other.folder_, {})), lock_(std::move(other.lock_)) {}
  StagedObjects& operator=(StagedObjects&&) = delete;
  ~StagedObjects();

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  FileLock lock_;  // while it is held nobody takes the folder for one that was left behind
};

// Threads and processes may share a cache: one of them fetches at a time, what others use stays for them.
class S3StoreCache {
 public:
  static constexpr uint64_t kSizeMax = uint64_t{10} << 30;

  // `folder`: of all caches; made where it is missing.
  S3StoreCache(S3Uri place, const std::string& folder, uint64_t size_max = kSizeMax);

  // kLimit, before anything is fetched, where the objects are larger than the cache; kStale where one was
  // replaced since it was listed.
  Result<StagedObjects> stage(const S3& s3, const std::vector<StoreObject>& objects,
                              const S3StoreObserver& observer) const;

 private:
  std::string path_of(const StoreObject& object) const;
  Result<void> make_room(const std::vector<StoreObject>& objects) const;
  Result<FileLock> lock(const S3StoreObserver& observer) const;
  Result<void> fetch(const S3& s3, const std::vector<StoreObject>& objects,
                     const S3StoreObserver& observer) const;
  Result<StagedObjects> link(const std::vector<StoreObject>& objects) const;
  Result<void> remove_left_behind() const;

  S3Uri place_;
  std::string folder_;  // of this place
  uint64_t size_max_;
};

}  // namespace querymark
