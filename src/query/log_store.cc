// SPDX-License-Identifier: Apache-2.0
#include "query/log_store.h"

#include <filesystem>
#include <set>
#include <system_error>

#include "query/question_days.h"
#include "query/route53query_view.h"

namespace querymark {

LogStore::LogStore(S3 s3, const S3Uri& place, const std::string& cache_folder, uint64_t cache_size_max)
    : in_s3_(InS3{std::move(s3), place, S3StoreCache(place, cache_folder, cache_size_max)}) {}

// The objects that the question reads.
Result<LogStore::Staged> LogStore::stage_listed(const SqlQuestion& question, const SuffixTable& suffixes,
                                                const S3StoreObserver& observer) const {
  Result<std::vector<StoreObject>> objects = list_s3_store(in_s3_->s3, in_s3_->place, observer);
  if (!objects) return objects.error();
  const bool is_empty = objects->empty();
  std::set<std::string> datehours;
  for (const StoreObject& object : *objects) datehours.insert(object.datehour);
  const Result<std::set<std::string>> wanted = datehours_read(question, datehours, suffixes);
  if (!wanted) return wanted.error();
  std::erase_if(*objects, [&](const StoreObject& object) { return !wanted->contains(object.datehour); });
  Result<StagedObjects> staged = in_s3_->cache.stage(in_s3_->s3, *objects, observer);
  if (!staged) return staged.error();
  return Staged{*std::move(staged), is_empty};
}

// Of what has been compacted while it was fetched the next listing tells.
Result<LogStore::Staged> LogStore::stage(const SqlQuestion& question, const SuffixTable& suffixes,
                                         const S3StoreObserver& observer) const {
  Result<Staged> staged = stage_listed(question, suffixes, observer);
  if (staged || (staged.error().code != Errc::kNotFound && staged.error().code != Errc::kStale))
    return staged;
  return stage_listed(question, suffixes, observer);
}

Result<OpenedLogStore> LogStore::open(const SqlQuestion& question, const SuffixTable& suffixes,
                                      const Options& options) const {
  std::optional<StagedObjects> staged;
  bool is_empty = false;
  if (in_s3_) {
    Result<Staged> done = stage(question, suffixes, options.observer);
    if (!done) return done.error();
    is_empty = done->is_empty;
    staged.emplace(std::move(done->objects));
  }
  const std::string& given = staged ? staged->folder() : folder_;
  std::error_code code;
  const std::string folder = std::filesystem::canonical(given, code);
  if (code) return Error::from_errno(code.value(), "open the store " + given);
  Result<SqlDatabase> database = SqlDatabase::open(suffixes);
  if (!database) return database.error();
  Result<void> ready;
  if (!options.settings.empty()) ready = database->execute(options.settings);
  if (ready) ready = create_route53query_view(*database, folder);
  if (ready) ready = database->confine({folder}, options.writable_file);
  if (!ready) return ready.error();
  return OpenedLogStore{std::move(staged), *std::move(database), is_empty};
}

}  // namespace querymark
