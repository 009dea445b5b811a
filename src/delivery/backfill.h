// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "delivery/backfill_checkpoint.h"
#include "delivery/backfill_source.h"
#include "delivery/object_name.h"
#include "delivery/object_store.h"
#include "mark/stream_marker.h"
#include "psl/suffix_table.h"

// Marks logs that lie somewhere already into a store: an object out for an object in.
//
//   …/vpc-1/2026/11/24/vpc-1_vpcdnsquerylogs_1_20261124T1005Z_0a1b2c3d.log.gz
//   -> dns-query-logs/2026/11/24/10/dns-1-2026-11-24-10-05-00-<made of the source's name>.gz
//
// The same source gives the same key, and is checked off when its object is durable: killed and started
// again, a backfill goes on where it was, and what it was at in that moment replaces itself. What cannot be
// marked goes under the error prefix, in Firehose's form. A source that cannot be read to its end, or about
// which the table gave no answer, is not delivered at all and not checked off.
//
// Cost: that of marking gzip to gzip; a thread works on a source at a time. Memory: 4 MB a thread, and what
// the store's writer takes; what could not be marked waits in an unnamed file.
namespace querymark {

struct BackfillOptions {
  std::string stream;
  ObjectPrefix prefix;
  ObjectPrefix error_prefix;
  unsigned threads = 1;
  MarkOptions mark = {};
};

struct BackfillCounts {
  uint64_t sources = 0;   // delivered in this run
  uint64_t failed = 0;    // not delivered
  uint64_t bytes_in = 0;  // of the sources that are dealt with, as they lie
  MarkCounts records;
};

// Told by all threads, one call at a time.
class BackfillObserver {
 public:
  virtual ~BackfillObserver() = default;
  // With MarkOptions::collect_matches: a match of an object before it is delivered, so that one that is
  // marked again after a crash tells it again.
  virtual void matched(std::string_view record, const MatchedRecord& match) = 0;
  virtual void failed(const BackfillSource& source, const Error& error) = 0;
  virtual void progress(const BackfillCounts& counts) = 0;
};

// The sources that the checkpoint does not have. An Error where the store or the checkpoint fails: the rest
// is left for another run. `s3` may be null where no source lies there.
Result<BackfillCounts> run_backfill(std::span<const BackfillSource> sources, const S3* s3, ObjectStore& store,
                                    BackfillCheckpoint& checkpoint, const SuffixTable& suffixes,
                                    const MakeLookup& make_lookup, const BackfillOptions& options,
                                    BackfillObserver& observer);

}  // namespace querymark
