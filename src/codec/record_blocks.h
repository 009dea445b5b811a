// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "codec/record_scanner.h"

// The fast pass of RecordScanner: 64 bytes at a time, as masks with one bit a byte, made by vectors that are
// chosen for the processor at run time. It accepts what is surely a record with a name, and stops before
// anything else: broken text, objects without query_name, escapes in keys, blanks before a colon, over 60
// brackets deep, all of which read_object() decides.
//
// Cost: 64 bytes in some 25 cycles. Threads: pure.
namespace querymark {

struct BlockRun {
  size_t count;    // records written to `out`
  size_t end;      // behind the last of them, or where the run began
  uint64_t lines;  // line feeds between that
};

// REQUIRES: the text at `begin` stands between records; kScanPadding readable bytes behind the chunk.
BlockRun scan_blocks(std::string_view chunk, size_t begin, MarkMembers members, std::span<ScannedRecord> out);

}  // namespace querymark
