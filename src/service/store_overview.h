// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "service/store_questions.h"

// What a store holds, at a glance: how many queries were logged and when, how many of them matched, and who
// asked for what.
//
//   {7 days}  ->  200 records, 20 matched, of 31 hosts; 60 buckets of a minute;
//                 i-0a5d9f96252c5569e asked 5 times for frostbyte-sample.com, answered 4 times
//
// Cost: two passes over the records of the days asked for, the second over matched ones only. Memory: bounded
// by the number of minutes and by kThreatsMax.
namespace querymark {

// Which records: by the day on which they arrived, which is what keeps objects closed, and within these by
// the time of the query.
struct OverviewPeriod {
  unsigned days = 7;      // the current one is the first; 0: all
  std::string time_from;  // "2026-11-24T10:05", empty: no bound
  std::string time_to;    // likewise; the first moment that is not in it any more

  // The condition in SQL, " WHERE …" or nothing. kInvalid where a bound is no time.
  Result<std::string> where() const;
};

struct TimelineBucket {
  std::string begin;  // "2026-11-24T10:05", or shorter: as much as the timeline's unit says
  uint64_t records = 0;
  uint64_t matched = 0;
};

// A source and the first-level domain of the matched queries it made.
struct Threat {
  static constexpr size_t kSlots = 24;

  std::string host;  // its instance, endpoint or address
  std::string srcaddr;
  std::string vpc_id;
  std::string domain;
  uint64_t records = 0;
  std::string first;  // times of queries
  std::string last;
  uint64_t blocked = 0;                  // by DNS Firewall
  uint64_t alerted = 0;                  // told of by DNS Firewall, and answered
  uint64_t answered = 0;                 // with at least one record, and not blocked
  uint64_t nonexistent = 0;              // NXDOMAIN, and not blocked
  std::array<uint64_t, kSlots> slots{};  // records in equal parts of the timeline's time
};

struct Overview {
  static constexpr size_t kThreatsMax = 500;
  static constexpr size_t kBucketsMax = 240;

  uint64_t records = 0;
  uint64_t matched = 0;
  uint64_t hosts = 0;
  uint64_t matched_hosts = 0;
  std::string bucket_unit;  // "minute", "ten minutes", "hour", "day", "month"
  std::vector<TimelineBucket> timeline;
  uint64_t threats_total = 0;
  std::vector<Threat> threats;  // those with the most records first, at most kThreatsMax
};

Result<Overview> read_overview(StoreQuestions& questions, const OverviewPeriod& period,
                               std::chrono::milliseconds time_max);

}  // namespace querymark
