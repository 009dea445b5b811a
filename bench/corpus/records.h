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
  explicit RecordSource(uint64_t seed) : seed_(seed) {}

  // Appends the record, minified, without a line break. Returns the kind of its name.
  NameKind append(uint64_t index, std::string& out) const;

 private:
  uint64_t seed_;
  QueryNames names_;
};

// The time of record `index`: 200 records a second from the first of March 2026.
uint64_t record_time_ms(uint64_t index);

}  // namespace querymark::corpus
