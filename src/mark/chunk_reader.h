// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_buffer.h"
#include "base/file.h"
#include "base/file_window.h"
#include "base/result.h"
#include "codec/gzip.h"

// Several files, one after the other, in pieces that end where a record probably ends: after the last line
// feed that a `{` follows, else after the last line feed. Only probably: a line of a pretty-printed record
// may begin with `{` too. Whoever marks the pieces finds out (StreamMarker).
//
// Plain or gzip is told by the first two bytes of each file. A pipe's bytes are given on as they come; a plain
// file's are shown where they lie (FileWindow), since to copy a log costs a third of what marking it does.
// Memory: what is left over of a piece, under kChunkSizeMax. Threads: one at a time.
namespace querymark {

struct Chunk {
  // With kScanPadding readable bytes behind it.
  std::string_view text() const { return is_shown ? window.bytes() : bytes.view(); }

  // False where a part of the file went away while it was shown: then what was made of the piece is worth
  // nothing, and what is left of it is in keep_intact().
  bool is_intact() const { return !is_shown || window.intact_size() == window.bytes().size(); }
  void keep_intact();

  bool is_shown = false;
  FileWindow window;            // what is shown
  ByteBuffer bytes;             // else: what was read
  size_t input = 0;             // index of the file
  bool last = false;            // the file ends with it
  std::optional<Error> damage;  // with last: why no more of the file could be read
};

// Gives an input by its name, open at its beginning.
using OpenInput = std::function<Result<UniqueFd>(const std::string& name)>;
// A file; "-" is standard input.
Result<UniqueFd> open_input_file(const std::string& path);

class ChunkReader {
 public:
  static constexpr size_t kChunkSizeMax = size_t{1} << 20;

  // REQUIRES: 0 < chunk_size <= kChunkSizeMax.
  // `fill`: wait until a piece is full, also where a pipe gives its bytes slowly.
  ChunkReader(std::vector<std::string> paths, size_t chunk_size, bool fill,
              OpenInput open_input = open_input_file);

  // The next piece; false when all files are read. An error where a file cannot be opened, which ends
  // everything; what goes wrong later ends its file alone (Chunk::damage).
  Result<bool> next(Chunk& chunk);

  // Bytes read so far of all files, as they lie on the disk.
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  Result<void> open_next();
  void begin_showing(uint64_t size);
  bool show_next(Chunk& chunk);
  std::optional<Error> missing_part() const;
  Result<size_t> read_some(char* out, size_t size);
  bool more_is_waiting() const;
  void cut(Chunk& chunk);

  std::vector<std::string> paths_;
  OpenInput open_input_;
  size_t chunk_size_;
  bool fill_;
  size_t input_ = 0;  // the file at hand, of paths_
  UniqueFd fd_;       // none: input_ is to be opened
  bool is_pipe_ = false;
  uint64_t shown_ = 0;      // of the file at hand, up to here
  uint64_t shown_end_ = 0;  // its size when it was opened, where it is shown; what comes behind is read
  std::optional<GzipReader> gzip_;
  std::string head_;  // read to tell plain from gzip, not given out yet
  std::string rest_;  // of the last piece, after its cut
  uint64_t bytes_read_ = 0;
};

}  // namespace querymark
