// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "codec/record_scanner.h"

// The fast pass of RecordScanner: 512 bytes at a time, as masks with one bit a byte, made by vectors that are
// chosen for the processor at run time. It accepts what is surely a record with a name, and stops before
// anything else: broken text, objects without query_name, escapes in keys, blanks before a colon, over three
// brackets deep, keys of over 64 bytes, all of which read_object() decides. What it accepts is what that
// would accept.
//
// Cost: with AVX-512 some 35 cycles for 64 bytes, with AVX2 55, without vectors 590. Threads: pure.
namespace querymark {

struct BlockRun {
  size_t count;    // records written to `out`
  size_t end;      // behind the last of them, or where the run began
  uint64_t lines;  // line feeds between that
};

// REQUIRES: the text at `begin` stands between records; kScanPadding readable bytes behind the chunk.
BlockRun scan_blocks(std::string_view chunk, size_t begin, MarkMembers members, std::span<ScannedRecord> out);

}  // namespace querymark
