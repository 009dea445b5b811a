// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// A part of a file in memory, for reading it without a copy.
//
//   FileWindow window;
//   if (window.show(fd, 0, 65536)) scan(window.bytes());
//
// Others may write to the file meanwhile, and the bytes change. Where they cut it short, what was behind its
// new end reads as zeros, and intact_size() tells: without that, the system would end the program (SIGBUS).
// The same goes for a disk that fails.
//
// Cost: some 10 us for 256 KB in the page cache, where read() takes 40. Memory: as much as is shown. Threads:
// a window is one thread's at a time. The first window installs a handler for SIGBUS, which gives on what is
// none of theirs.
namespace querymark {

class FileWindow {
 public:
  static constexpr size_t kPadding = 4096;  // bytes behind the content that are always there to be read

  FileWindow() = default;
  FileWindow(FileWindow&& other) noexcept;
  FileWindow& operator=(FileWindow&& other) noexcept;
  ~FileWindow();

  // Shows `size` bytes from `offset` on, instead of what was shown before. False where that is not possible,
  // and read() has to do. REQUIRES: a descriptor of a regular file, size > 0.
  bool show(int fd, uint64_t offset, size_t size);

  std::string_view bytes() const { return {begin_, size_}; }
  // REQUIRES: size <= bytes().size().
  void truncate(size_t size) { size_ = size; }

  // How many of the bytes were there whenever they were read; behind them, some were not.
  size_t intact_size() const;

 private:
  bool reserve(size_t size);
  void release();

  const char* begin_ = nullptr;
  size_t size_ = 0;
  char* pages_ = nullptr;  // the address space that windows of this size are shown in
  size_t pages_size_ = 0;
  size_t guard_ = 0;  // of the process's guards against SIGBUS
};

}  // namespace querymark
