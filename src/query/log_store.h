// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/s3_store.h"
#include "query/sql_database.h"

// Where marked logs lie, a folder or a prefix in S3, and how a question gets at them.
//
//   Result<OpenedLogStore> opened = LogStore("/var/lib/querymark/store/dns-query-logs").open(question, suffixes, {});
//   opened->database.select(question, …)
//
// Of a store in S3 the objects that the question reads (question_days.h) are fetched first: DuckDB itself sees
// files only. Threads: any.
namespace querymark {

// A database whose view route53query shows the logs, confined to them.
struct OpenedLogStore {
  std::optional<StagedObjects> staged;  // outlives the database
  SqlDatabase database;
  bool is_empty = false;  // a store in S3 without any logs
};

class LogStore {
 public:
  struct Options {
    std::optional<std::string> writable_file = {};  // that the question's answer may go to
    std::string settings = {};                      // statements of SQL, run before it is confined
    S3StoreObserver observer = {};
  };

  explicit LogStore(std::string folder) : folder_(std::move(folder)) {}
  // `cache_folder`: for what is fetched.
  LogStore(S3 s3, const S3Uri& place, const std::string& cache_folder,
           uint64_t cache_size_max = S3StoreCache::kSizeMax);

  // Empty where it is none.
  const std::string& folder() const { return folder_; }

  Result<OpenedLogStore> open(const SqlQuestion& question, const SuffixTable& suffixes,
                              const Options& options) const;

 private:
  struct InS3 {
    S3 s3;
    S3Uri place;
    S3StoreCache cache;
  };
  struct Staged {
    StagedObjects objects;
    bool is_empty;
  };
  Result<Staged> stage(const SqlQuestion& question, const SuffixTable& suffixes,
                       const S3StoreObserver& observer) const;
  Result<Staged> stage_listed(const SqlQuestion& question, const SuffixTable& suffixes,
                              const S3StoreObserver& observer) const;

  std::string folder_;
  std::optional<InS3> in_s3_;
};

}  // namespace querymark
