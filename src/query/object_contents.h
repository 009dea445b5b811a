// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace querymark {

// What a gzip NDJSON object holds, as far as it matters to who would replace it.
struct ObjectContents {
  uint64_t records = 0;
  uint64_t bytes = 0;              // inflated
  bool has_other_members = false;  // members that are no column of route53query
};

// Reads the whole object: some 900 MB/s of its inflated bytes, in bounded memory. kCorrupt where it is no
// gzip or holds anything but records.
Result<ObjectContents> examine_object(const std::string& path);

}  // namespace querymark
