// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_access.h"
#include "aws/aws_time.h"
#include "base/file.h"
#include "base/result.h"

// Objects of logs that lie somewhere already, as a backfill takes them up.
//
//   s3://logs/AWSLogs/1/vpcdnsquerylogs/vpc-1/2026/11/24/vpc-1_vpcdnsquerylogs_1_20261124T1005Z_0a1b2c3d.log.gz
//   -> time 2026-11-24 10:05
namespace querymark {

struct BackfillSource {
  std::string name;      // path or s3:// URI
  std::string identity;  // another one when the object's content is another: its ETag, or size and time
  uint64_t size = 0;
  SystemTime time;  // of its records, as far as its name says; see time_of_object()
};

// When the records of an object were written, by its name: Resolver's (…_YYYYMMDDTHHMMZ_…), Firehose's
// (…-YYYY-MM-DD-HH-mm-ss-…), or folders of dates above it (…/YYYY/MM/DD[/HH]/…). Nothing where it does not
// say.
std::optional<SystemTime> time_of_object(std::string_view name);

struct TimeRange {
  std::optional<SystemTime> since;
  std::optional<SystemTime> until;  // not itself
};

// All objects below the places given (files, folders, s3://BUCKET/PREFIX), in the order of their names, whose
// time lies in the range; the time of one whose name says none is that of its last change. Names that begin
// with a dot are left out. kNotFound where a place is not there.
Result<std::vector<BackfillSource>> list_backfill_sources(const std::vector<std::string>& places,
                                                          const TimeRange& range, AwsAccess& aws);

// The object's bytes, open at their beginning; one in S3 is fetched whole first, and kStale where it is not
// the one that was listed. Threads: any.
Result<UniqueFd> open_source(const BackfillSource& source, const S3* s3);

}  // namespace querymark
