// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// gzip (RFC 1952) by ISA-L: inflate a stream of any number of members, deflate blocks into members of their
// own.
//
//   GzipReader reader(fd, path);                       a file or pipe, in bounded memory
//   Result<size_t> size = reader.read_some(out, size_max);
//
//   GzipWriter writer;                                 one a thread
//   std::vector<char> out(gzip_size_max(block.size()));
//   file.append(writer.compress(block, out.data()));   members stand one after another
//
// Sizes and counts in the data are never trusted: memory is one inflate state and one input buffer, whatever
// the ratio, the number of members or the length of their headers.
namespace querymark {

// True where `bytes` begin with gzip's two magic bytes, which begin no text.
bool is_gzip(std::string_view bytes);

struct GzipProgress {
  size_t consumed;  // of `in`
  size_t produced;  // in `out`
};

// Push form. The CRC-32, the size and the header's own checksum of each member are checked; zero bytes after
// the last member are padding. One object serves one stream and one thread.
class GzipInflater {
 public:
  GzipInflater();
  GzipInflater(GzipInflater&&) noexcept;
  GzipInflater& operator=(GzipInflater&&) noexcept;
  ~GzipInflater();

  // Inflates until `in` is used up and all that it gives is written, or `out` is full. Where it stops with
  // produced == out_size, call it again (with what is left of `in`, maybe nothing). What precedes an error is
  // delivered first (of broken deflate data less than the last 512 bytes before the place): the error is the
  // next call's, and every later one's, and finish()'s.
  Result<GzipProgress> inflate(std::string_view in, char* out, size_t out_size);

  // What the end of input means here: an error where it cuts a member, or where one was found before.
  Result<void> finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Pull form over a descriptor, which stays the caller's, or over whatever gives bytes as querymark::read_some
// does. `head`: what was read from it already.
class GzipReader {
 public:
  using ReadSome = std::function<Result<size_t>(char* out, size_t size)>;

  GzipReader(int fd, const std::string& path, std::string_view head = {});
  GzipReader(ReadSome read, std::string path, std::string_view head = {});

  // As querymark::read_some: up to `size` (> 0) inflated bytes, those at hand without waiting for more once
  // there is one; 0 at the end. After an error, the error again.
  Result<size_t> read_some(char* out, size_t size);

  // Compressed bytes read; `head` not among them.
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  Error named(const Error& error) const;

  ReadSome read_;
  std::string path_;
  GzipInflater inflater_;
  std::unique_ptr<char[]> buffer_;
  std::string_view input_;  // within buffer_
  uint64_t bytes_read_ = 0;
};

enum class GzipLevel { kFast = 1, kSmall = 2 };  // ISA-L's levels; both about 1 GB/s

// Room that compress() may need for a block of this size.
size_t gzip_size_max(size_t block_size);

// Keeps the compressor's tables between blocks; a block's member depends on the block and the level alone.
class GzipWriter {
 public:
  explicit GzipWriter(GzipLevel level = GzipLevel::kFast);
  GzipWriter(GzipWriter&&) noexcept;
  GzipWriter& operator=(GzipWriter&&) noexcept;
  ~GzipWriter();

  // One whole member that holds `block`, written to `out`, a view of which is returned.
  // REQUIRES: gzip_size_max(block.size()) bytes at `out`, block.size() < 2 GiB.
  std::string_view compress(std::string_view block, char* out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace querymark
