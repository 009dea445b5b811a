// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "aws/s3.h"
#include "aws/s3_uri.h"
#include "query/compaction.h"

namespace querymark {

// compact_store() of a store in S3: one folder of keys at a time is fetched into a temporary folder, made
// Parquet there, and put back.
//
//   PUT     2026/11/24/10/.a.parquet.replaces     which objects it stands for
//   PUT     2026/11/24/10/a.parquet               from here on they are not read
//   DELETE  those objects, then the first one
//
// Killed at any moment the store holds every record once for those who read it by s3_store.h, and the next run
// finishes or forgets what it finds. A lock object, .compaction.lock, keeps others out: kBusy where it is
// there; one whose maker was killed is taken over after kS3CompactionLockTime. Disk: a folder's objects and their Parquet.
inline constexpr std::chrono::hours kS3CompactionLockTime(24);

Result<CompactionCounts> compact_s3_store(const S3& s3, const S3Uri& place, int64_t older_than_s,
                                          const SuffixTable& suffixes, const CompactionObserver& observer);

}  // namespace querymark
