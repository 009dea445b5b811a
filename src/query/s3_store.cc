// SPDX-License-Identifier: Apache-2.0
#include "query/s3_store.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <unordered_set>

#include "aws/digest.h"
#include "base/file.h"
#include "query/store_files.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

constexpr const char* kObjects = "objects";
constexpr const char* kQuestions = "questions";
constexpr const char* kLockSuffix = ".lock";
constexpr int kLookMs = 200;  // at a lock that another holds
constexpr size_t kNameSizeMax = 200;
constexpr size_t kManifestSizeMax = size_t{64} << 20;

Error from_code(const std::error_code& code, const std::string& what) {
  return Error::from_errno(code.value(), what);
}

// How many characters at the front are as in "/dddd/dd".
bool has_form(std::string_view text, std::string_view form) {
  return text.size() >= form.size() && std::equal(form.begin(), form.end(), text.begin(), [](char f, char c) {
           return f == 'd' ? c >= '0' && c <= '9' : c == f;
         });
}

// What may stand behind the date: the rest of its folder's name, and the object's.
bool is_end(std::string_view rest) {
  return std::count(rest.begin(), rest.end(), '/') <= 1;
}

std::string_view name_of(std::string_view key) {
  return key.substr(key.rfind('/') + 1);
}

}  // namespace

std::string datehour_of_key(std::string_view key) {
  constexpr std::string_view kDay = "/dddd/dd/dd";
  constexpr std::string_view kHour = "/dddd/dd/dd/dd";
  const std::string path = std::string("/").append(key);
  for (size_t at = 0; (at = path.find('/', at)) != std::string::npos; ++at) {
    const std::string_view rest = std::string_view(path).substr(at);
    for (const std::string_view form : {kHour, kDay})
      if (has_form(rest, form) && is_end(rest.substr(form.size())))
        return std::string(rest.substr(1, form.size() - 1));
  }
  return "";
}

Result<std::vector<std::string>> read_s3_replaces(const S3& s3, const std::string& bucket,
                                                  const std::string& manifest_key) {
  std::string text;
  const HttpSink sink = [&text](std::string_view bytes) -> Result<void> {
    if (text.size() + bytes.size() > kManifestSizeMax) return Error::limit("a manifest is too large");
    text.append(bytes);
    return {};
  };
  const Result<S3ObjectInfo> got = s3.get({.bucket = bucket, .key = manifest_key}, sink, Deadline::never());
  if (!got) return Error{got.error().code, manifest_key + ": " + got.error().detail};
  return parse_replaces(text, manifest_key);
}

Result<std::vector<StoreObject>> list_s3_store(const S3& s3, const S3Uri& place,
                                               const S3StoreObserver& observer) {
  std::vector<StoreObject> objects;
  std::vector<std::string> manifests;
  std::unordered_set<std::string> parquet;
  const auto on_object = [&](const S3ListedObject& object) -> Result<void> {
    if (is_manifest_name(name_of(object.key))) manifests.push_back(object.key);
    if (object.key.ends_with(kParquetSuffix)) parquet.insert(object.key);
    if (object.key.ends_with(kParquetSuffix) || object.key.ends_with(kNdjsonSuffix))
      objects.push_back({object.key, object.etag, object.size, datehour_of_key(object.key)});
    return observer.check();
  };
  const Result<void> listed = s3.list(place.bucket, place.key, "", on_object, Deadline::never());
  if (!listed) return Error{listed.error().code, place.text() + ": " + listed.error().detail};
  std::unordered_set<std::string> replaced;
  for (const std::string& manifest : manifests) {
    if (!parquet.contains(parquet_path(manifest))) continue;
    const Result<std::vector<std::string>> keys = read_s3_replaces(s3, place.bucket, manifest);
    if (!keys) return keys.error();
    replaced.insert(keys->begin(), keys->end());
  }
  std::erase_if(objects, [&](const StoreObject& object) { return replaced.contains(object.key); });
  return objects;
}

StagedObjects::~StagedObjects() {
  std::error_code ignored;
  if (folder_.empty()) return;
  fs::remove_all(folder_, ignored);
  fs::remove(folder_ + kLockSuffix, ignored);
}

S3StoreCache::S3StoreCache(S3Uri place, const std::string& folder, uint64_t size_max)
    : place_(std::move(place)),
      folder_(folder + "/" + to_hex(sha256(place_.text())).substr(0, 16)),
      size_max_(size_max) {}

// Another one where the content is another; below its date, which the view reads from the path: the name must
// not begin with digits, which would be an hour.
std::string S3StoreCache::path_of(const StoreObject& object) const {
  const std::string identity = to_hex(sha256(object.key + "\n" + object.etag)).substr(0, 16);
  std::string_view name = name_of(object.key);
  name.remove_prefix(name.size() - std::min(name.size(), kNameSizeMax));
  std::string path = object.datehour;
  if (!path.empty()) path += '/';
  return path.append("object-").append(identity).append("-").append(name);
}

Result<StagedObjects> S3StoreCache::stage(const S3& s3, const std::vector<StoreObject>& objects,
                                          const S3StoreObserver& observer) const {
  for (const char* part : {kObjects, kQuestions})
    if (const Result<void> made = make_folders(folder_ + "/" + part); !made) return made.error();
  const Result<FileLock> held = lock(observer);
  if (!held) return held.error();
  Result<void> done = remove_left_behind();
  if (done) done = make_room(objects);
  if (done) done = fetch(s3, objects, observer);
  return done ? link(objects) : Result<StagedObjects>(done.error());
}

// Whoever fetches already is waited for.
Result<FileLock> S3StoreCache::lock(const S3StoreObserver& observer) const {
  for (;;) {
    Result<FileLock> lock = FileLock::acquire(folder_ + "/lock", kLookMs);
    if (lock || lock.error().code != Errc::kBusy) return lock;
    if (const Result<void> checked = observer.check(); !checked) return checked.error();
  }
}

// Removes what this question does not want, where all of it together would be too much.
Result<void> S3StoreCache::make_room(const std::vector<StoreObject>& objects) const {
  uint64_t wanted = 0;
  std::set<std::string> keep;
  for (const StoreObject& object : objects) {
    wanted += object.size;
    keep.insert(folder_ + "/" + kObjects + "/" + path_of(object));
  }
  if (wanted > size_max_)
    return Error::limit("the question wants " + std::to_string(wanted >> 20) + " MiB of " + place_.text() +
                        ", the cache holds " + std::to_string(size_max_ >> 20) +
                        " MiB: name the days in the question (day, datehour), or allow a larger cache");
  uint64_t others = 0;
  std::vector<fs::path> removable;
  std::error_code code;
  for (fs::recursive_directory_iterator at(folder_ + "/" + kObjects, code), end; !code && at != end;
       at.increment(code)) {
    if (!at->is_regular_file(code) || code || keep.contains(at->path())) continue;
    others += at->file_size(code);
    removable.push_back(at->path());
  }
  for (auto path = removable.begin(); !code && wanted + others > size_max_ && path != removable.end(); ++path)
    fs::remove(*path, code);
  return code ? from_code(code, "tidy the cache " + folder_) : Result<void>();
}

Result<void> S3StoreCache::fetch(const S3& s3, const std::vector<StoreObject>& objects,
                                 const S3StoreObserver& observer) const {
  const std::string objects_folder = folder_ + "/" + kObjects + "/";
  std::vector<const StoreObject*> missing;
  uint64_t bytes = 0;
  for (const StoreObject& object : objects) {
    if (fs::exists(objects_folder + path_of(object))) continue;
    missing.push_back(&object);
    bytes += object.size;
  }
  if (!missing.empty()) observer.on_fetch(missing.size(), bytes);
  for (const StoreObject* object : missing) {
    const std::string path = objects_folder + path_of(*object);
    if (Result<void> made = make_folders(fs::path(path).parent_path()); !made) return made;
    Result<AtomicFile> file = AtomicFile::create(path);
    if (!file) return file.error();
    Result<void> checked;
    const HttpSink sink = [&](std::string_view piece) {
      checked = observer.check();
      // Not its own code: a busy peer would be asked again.
      return checked ? file->append(piece) : Error{Errc::kClosed, checked.error().detail};
    };
    const Result<S3ObjectInfo> got = s3.get(
        {.bucket = place_.bucket, .key = object->key, .if_match = object->etag}, sink, Deadline::never());
    if (!checked) return checked;
    if (!got)
      return Error{got.error().code, "s3://" + place_.bucket + "/" + object->key + ": " + got.error().detail};
    if (Result<void> committed = file->commit(); !committed) return committed;
  }
  return {};
}

Result<StagedObjects> S3StoreCache::link(const std::vector<StoreObject>& objects) const {
  std::string folder = folder_ + "/" + kQuestions + "/XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return Error::from_errno(errno, "create folder " + folder);
  Result<FileLock> lock = FileLock::acquire(folder + kLockSuffix, 0);
  if (!lock) return lock.error();
  StagedObjects staged(folder, *std::move(lock));
  for (const StoreObject& object : objects) {
    const std::string path = path_of(object);
    const fs::path target = fs::path(folder) / path;
    std::error_code code;
    fs::create_directories(target.parent_path(), code);
    if (!code) fs::create_hard_link(folder_ + "/" + kObjects + "/" + path, target, code);
    if (code) return from_code(code, "link " + target.string());
  }
  return staged;
}

// Folders of questions that were killed: nobody holds their locks.
Result<void> S3StoreCache::remove_left_behind() const {
  std::error_code code;
  std::vector<std::string> folders;
  for (fs::directory_iterator at(folder_ + "/" + kQuestions, code), end; !code && at != end;
       at.increment(code))
    if (at->is_directory(code) && !code) folders.push_back(at->path());
  for (const std::string& folder : folders) {
    Result<FileLock> lock = FileLock::acquire(folder + kLockSuffix, 0);
    if (lock) StagedObjects(folder, *std::move(lock));  // removes it
  }
  return code ? from_code(code, "tidy the cache " + folder_) : Result<void>();
}

}  // namespace querymark
