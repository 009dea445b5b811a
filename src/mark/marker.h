// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_buffer.h"
#include "codec/record_scanner.h"
#include "domains/domain_lookup.h"
#include "psl/suffix_table.h"

// Records in, marked records out.
//
//   {"query_name":"www.evil.com.","rcode":"NOERROR"}
//   -> {"query_name":"www.evil.com.","rcode":"NOERROR","isMatchedDomain":"Y"}
//
// A record's journey: the scanner finds it and its query_name; the name is put into normal form; the suffix
// table gives its registrable domain; the lookup says what the table of interesting domains holds; the
// record's bytes are copied with the verdict added. All in batches of kBatchSize, so that the misses of a
// batch's lookups overlap. What carries records inside it (codec/envelope.h) is opened, and each record
// inside is marked.
//
// Cost: some 100 ns a record of 500 bytes, besides its copy. Nothing is allocated for a plain record.
// Threads: one marker serves one thread.
namespace querymark {

// records = matched + unmatched + rejected + control, always.
struct MarkCounts {
  uint64_t records = 0;
  uint64_t matched = 0;
  uint64_t unmatched = 0;
  uint64_t rejected = 0;
  uint64_t control = 0;  // control messages, which carry no record

  uint64_t allowed = 0;         // of the unmatched: an allow entry decided
  uint64_t lookups_failed = 0;  // of the rejected: the table gave no answer

  MarkCounts& operator+=(const MarkCounts& other);
};

// What could not be marked, byte for byte.
struct RejectedRecord {
  std::string bytes;
  std::string reason;
  uint64_t line;        // line feeds before it in the chunk
  uint64_t offset;      // of the byte that tells, in the chunk
  bool is_cut = false;  // over kRecordSizeMax: the bytes go on with what follows the chunk, up to a line feed
};

// A marked record in MarkedRecords::text, without its line feed.
struct MatchedRecord {
  size_t begin;
  size_t end;
  std::string entry;               // the name that decided
  std::vector<std::string> lists;  // the lists behind it, in the order of their names
};

// What stands in the chunk itself: a record, an envelope, or what is rejected.
struct MarkedItem {
  size_t begin;  // in the chunk
  size_t end;
  size_t text_end;  // of what it became in MarkedRecords::text; it begins where the item before ends
};

struct MarkedRecords {
  ByteBuffer text;  // one record a line
  std::vector<MatchedRecord> matches;
  std::vector<RejectedRecord> rejects;
  std::vector<MarkedItem> items;
  MarkCounts counts;

  void clear();
};

struct MarkOptions {
  bool annotate = false;         // add registeredDomain, and match to what matched
  bool collect_matches = false;  // fill MarkedRecords::matches
  bool collect_items = false;    // fill MarkedRecords::items
};

// Whose memory a chunk is. A file that is shown where it lies is shared with all who may write to it, and can
// be something else each time it is looked at.
enum class ChunkMemory { kOwn, kShared };

class Marker {
 public:
  static constexpr size_t kBatchSize = 64;
  // Envelopes may stand in envelopes; deeper ones are rejected.
  static constexpr size_t kEnvelopeDepthMax = 4;
  // What one envelope may hold that is rejected; with more it is rejected whole.
  static constexpr size_t kEnvelopeRejectsMax = size_t{1} << 16;

  // The suffix table and the lookup must outlive the marker.
  Marker(const SuffixTable& suffixes, DomainLookup& lookup, const MarkOptions& options);
  ~Marker();

  struct Step {
    size_t consumed;  // what follows is the beginning of a record: give it again with more
    uint64_t lines;   // line feeds among the consumed
  };
  // Marks the records of a chunk, which begins between records, and appends to `out`. `last`: all is
  // consumed. REQUIRES: kScanPadding readable bytes behind the chunk, chunk.size() < 4 GiB; of shared memory
  // no items are collected.
  Step mark(std::string_view chunk, bool last, MarkedRecords& out, ChunkMemory memory = ChunkMemory::kOwn);

 private:
  struct Batch;
  class Run;

  const SuffixTable& suffixes_;
  DomainLookup& lookup_;
  MarkOptions options_;
  std::vector<std::unique_ptr<Batch>> batches_;  // one for each run within another
};

}  // namespace querymark
