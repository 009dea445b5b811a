// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "corpus/query_names.h"

// Records of Route 53 Resolver's query log. Record `index` of a seed is always the same bytes, so that any
// part of a log can be made alone.
//
//   RecordSource records(seed);
//   records.append(0, out);   {"version":"1.100000","account_id":"123456789012",…,"query_name":"www.…","…"}
//
// About 530 bytes a record, in both member orders that are seen, and with the variations in srcids, transport
// and firewall members; 1.5 microseconds each. One object may serve many threads.
namespace querymark::corpus {

class RecordSource {
 public:
  // `interval_ms`: from one record to the next, the first at midnight (UTC) on the first of March 2026.
  explicit RecordSource(uint64_t seed, uint64_t interval_ms = 5) : seed_(seed), interval_ms_(interval_ms) {}

  // Appends the record, minified, without a line break. Returns the kind of its name.
  NameKind append(uint64_t index, std::string& out) const;

  uint64_t time_ms(uint64_t index) const;  // of the record, since 1970

 private:
  uint64_t seed_;
  uint64_t interval_ms_;
  QueryNames names_;
};

}  // namespace querymark::corpus
