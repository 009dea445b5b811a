// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domains/domain_table.h"

// The events of import_interesting_domains: what S3 says of uploads, and what an invocation leaves for the
// next one.
//
//   {"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"lists"},
//    "object":{"key":"a+b.txt","eTag":"d41d8cd9",…}}}]}         ->  one task: bucket lists, key "a b.txt"
//   {"Event":"s3:TestEvent",…}                                  ->  none
namespace querymark {

// An object to be imported, and how far its import has come.
struct ImportTask {
  std::string bucket;
  std::string key;
  std::string version_id;  // empty: the newest
  std::string etag;        // with its quotes; empty: not known
  int64_t started = 0;     // Unix seconds; 0: not begun
  uint64_t entries_done = 0;
  ListUpdateCounts counts;  // of those entries

  friend bool operator==(const ImportTask&, const ImportTask&) = default;
};

// Each object that was created, those of one key in the order in which they were (`sequencer`); twice the
// same is one. Other events of S3 give none. kInvalid for what is no such event.
Result<std::vector<ImportTask>> read_import_event(std::string_view event);

// An event that read_import_event() makes these tasks of.
std::string write_import_event(std::span<const ImportTask> tasks);

}  // namespace querymark
