// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

// The open object of a stream on disk, in plain lines: what is synced here is never lost. It is called
// NAME.part until its object is in the store.
//
//   Result<Journal> journal = Journal::create("spool/NAME.part");
//   journal->append("{…}\n{…}\n");   journal->sync();      acknowledged from here on
//   Journal::recover("spool/NAME.part");                    after a crash: cut at the last whole line
//
// What is appended and what is synced are told apart: after an error, cut_to_synced() leaves what was
// acknowledged and nothing else, so that no torn line ever stands before a whole one.
// Threads: one at a time.
namespace querymark {

class Journal {
 public:
  // A new file, durable in its folder.
  static Result<Journal> create(const std::string& path);

  // REQUIRES: whole lines. After an error, cut_to_synced() before anything else.
  Result<void> append(std::string_view lines);
  // After an error, nothing that was appended since the last sync may be taken to be on disk.
  Result<void> sync();
  Result<void> cut_to_synced();

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }
  uint64_t synced_size() const { return synced_size_; }

  struct Extent {
    uint64_t size;
    uint64_t lines;
  };
  // Cuts the file behind its last whole line and syncs it; gives what is left. Lines hold no NUL byte: blocks
  // that a power loss left unwritten read as such, and end it.
  static Result<Extent> recover(const std::string& path);

 private:
  Journal(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  UniqueFd fd_;
  std::string path_;
  uint64_t size_ = 0;
  uint64_t synced_size_ = 0;
};

}  // namespace querymark
