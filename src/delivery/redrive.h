// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "aws/firehose.h"
#include "base/result.h"
#include "delivery/backfill_checkpoint.h"
#include "delivery/backfill_source.h"

// Sends what error objects keep again: the original of each error record, as a record, to a delivery stream,
// AWS's or that of a service.
//
//   delivery-failures/processing-failed/2026/11/24/dns-1-2026-11-24-10-05-00-….gz
//   {"attemptsMade":1,…,"rawData":"aGk="}\n…  ->  PutRecordBatch [{"Data":"aGk="},…]
//
// An object is checked off when the stream has taken all of it. Stopped and started again, a redrive goes on
// with the object it was at, from its beginning: what the stream had taken of that one it gets twice.
//
// Cost: a request for 500 records or 3 MiB, one after the other. Memory: 30 MB; an object of S3 lies in an
// unnamed file meanwhile.
namespace querymark {

struct RedriveCounts {
  uint64_t sources = 0;   // of which the stream has all that it takes
  uint64_t failed = 0;    // that could not be read to their end; not checked off
  uint64_t bytes_in = 0;  // of the sources that are dealt with, as they lie
  uint64_t sent = 0;      // records
  uint64_t left_out = 0;  // that a stream does not take; they stay where they are
};

class RedriveObserver {
 public:
  virtual ~RedriveObserver() = default;
  virtual void left_out(const BackfillSource& source, std::string_view why) = 0;
  virtual void failed(const BackfillSource& source, const Error& error) = 0;
  virtual void progress(const RedriveCounts& counts) = 0;
};

// An Error where the stream or the checkpoint fails: the rest is left for another run. `s3` may be null where
// no source lies there.
Result<RedriveCounts> run_redrive(std::span<const BackfillSource> sources, const S3* s3,
                                  const Firehose& firehose, const std::string& stream,
                                  BackfillCheckpoint& checkpoint, RedriveObserver& observer);

}  // namespace querymark
