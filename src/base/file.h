// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

// Files by descriptor: owned, read, written whole, mapped, and replaced atomically. Every Error names the
// path.
namespace querymark {

// Owns a file descriptor. Closing ignores errors: what must be durable is synced before (AtomicFile).
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();

 private:
  int fd_ = -1;
};

Result<UniqueFd> open_for_reading(const std::string& path);
// Creates or truncates. Mode 0666 less the umask, or 0600 for `private_file`.
Result<UniqueFd> open_for_writing(const std::string& path, bool private_file = false);

// An empty file without a name, for reading and writing, in $TMPDIR, else /var/tmp: gone with its descriptor.
Result<UniqueFd> create_work_file();

// Up to `size` bytes into `out`, fewer only where a pipe or the file's end gives fewer; 0 at the end. Retries
// EINTR.
Result<size_t> read_some(int fd, char* out, size_t size, std::string_view path);
// All of `bytes`; retries EINTR and short writes. kClosed where the reader has gone.
Result<void> write_all(int fd, std::string_view bytes, std::string_view path);
// Exactly `size` bytes from or to `offset`, whatever the descriptor's position; kCorrupt where the file ends
// before them. Both retry EINTR and short counts.
Result<void> read_at(int fd, uint64_t offset, char* out, size_t size, std::string_view path);
Result<void> write_at(int fd, uint64_t offset, std::string_view bytes, std::string_view path);
// The whole file; kLimit when it is larger than size_max.
Result<std::string> read_file(const std::string& path, size_t size_max);

// Makes the names in a folder durable: of files created, renamed or removed in it.
Result<void> sync_folder(const std::string& path);
// As `mkdir -p`, each new folder durable in the one above it.
Result<void> make_folders(const std::string& path);

// A file's bytes, mapped read-only and shared. The file must not be truncated while mapped: querymark only
// ever replaces its own files by rename.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);
  // The descriptor may be closed afterwards; `path` is for errors.
  static Result<MappedFile> map(int fd, std::string_view path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, size_t size) : data_(data), size_(size) {}
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// A file that appears at `path` whole or not at all: written beside it under a name of its own, synced,
// renamed, and the folder synced. Dropped without commit() it leaves nothing behind; killed, at most the file
// beside it, named "<path>.tmp.<pid>".
class AtomicFile {
 public:
  static Result<AtomicFile> create(const std::string& path);
  AtomicFile(AtomicFile&&) noexcept = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  int fd() const { return fd_.get(); }
  const std::string& temporary_path() const { return temporary_path_; }
  Result<void> append(std::string_view bytes) { return write_all(fd_.get(), bytes, temporary_path_); }
  // REQUIRES: called once, nothing appended after.
  Result<void> commit();

 private:
  AtomicFile(UniqueFd fd, std::string path, std::string temporary_path)
      : fd_(std::move(fd)), path_(std::move(path)), temporary_path_(std::move(temporary_path)) {}
  UniqueFd fd_;
  std::string path_;
  std::string temporary_path_;
};

}  // namespace querymark
