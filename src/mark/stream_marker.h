// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domains/domain_lookup.h"
#include "mark/chunk_reader.h"
#include "mark/marker.h"
#include "psl/suffix_table.h"

// Files of records in, marked records out, in the order they came, by any number of threads.
//
// A thread takes the next piece of the input (one at a time may read), marks it, compresses it where that is
// wanted, and writes it when all before it are written. A piece is marked as if it began between records;
// where the piece before it ended inside one, what is left of that is put before it and both are marked anew,
// in their turn: right for any input, and rare, as pieces are cut before lines that begin with `{`.
//
// Memory: under 4 MB a thread; 48 MB more where a record is as long as one may be (kRecordSizeMax).
namespace querymark {

struct StreamMarkerOptions {
  unsigned threads = 1;
  bool gzip_output = false;
  OpenInput open_input = open_input_file;
  MarkOptions mark = {};
};

// Where something stands in the input, counted as people do: lines and bytes from 1, of what is inflated.
struct InputPlace {
  std::string_view path;
  uint64_t line;
  uint64_t byte;
};

// Told what happens, in the order of the input, one call at a time, on any thread.
class MarkObserver {
 public:
  virtual ~MarkObserver() = default;
  // An error stops the marking.
  virtual Result<void> rejected(const InputPlace& place, const RejectedRecord& record) = 0;
  // More bytes of the record rejected last, which was cut; the last of them unless `is_cut`.
  virtual Result<void> rejected_more(std::string_view bytes, bool is_cut) = 0;
  // A marked record, without its line feed; with MarkOptions::collect_matches.
  virtual Result<void> matched(std::string_view record, const MatchedRecord& match) = 0;
  // No more of a file can be read; what came before is marked, and the next file follows.
  virtual void damaged(std::string_view path, const Error& error) = 0;
  // After each piece.
  virtual void progress(uint64_t bytes_read, const MarkCounts& counts) = 0;
};

struct StreamTotals {
  MarkCounts counts;
  uint64_t bytes_in = 0;   // as they lie on the disk
  uint64_t bytes_out = 0;  // as written
};

// A lookup for each thread.
using MakeLookup = std::function<std::unique_ptr<DomainLookup>()>;

// Takes what is marked, piece after piece, one call at a time, on any thread. An error stops the marking.
using WriteMarked = std::function<Result<void>(std::string_view bytes)>;

// Marks the files, as open_input opens them. An error where a file cannot be opened, or `write` or the
// observer gives one.
Result<StreamTotals> mark_streams(std::vector<std::string> paths, const WriteMarked& write,
                                  const SuffixTable& suffixes, const MakeLookup& make_lookup,
                                  const StreamMarkerOptions& options, MarkObserver& observer);

// The same, written to `out_fd`; gzip is a whole file then, also where nothing is marked (`out_path` is for
// errors; REQUIRES: blocking). What was written before an error stands.
Result<StreamTotals> mark_streams(std::vector<std::string> paths, int out_fd, const std::string& out_path,
                                  const SuffixTable& suffixes, const MakeLookup& make_lookup,
                                  const StreamMarkerOptions& options, MarkObserver& observer);

}  // namespace querymark
