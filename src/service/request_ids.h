// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/file.h"

// Ids of requests whose records are on disk, so that a sender that missed the answer and sends the same again
// is answered and nothing is stored twice. The newest are remembered, in memory and in a file, an id a line,
// for the next start. The file is not synced: after a power cut the last of them may be missing, and what is
// sent again then is there twice.
//
// Cost: a write() a request. Memory and file: 20 MB at most. Threads: any.
namespace querymark {

class RequestIds {
 public:
  // Firehose gives up a request within hours; at one a second this is more than a day.
  static constexpr size_t kRememberedMax = 100'000;
  // Longer ones, and such with other characters than ASCII's visible ones, are not remembered.
  static constexpr size_t kIdSizeMax = 128;

  // Reads what the file holds; it is made where it is missing.
  static Result<std::unique_ptr<RequestIds>> open(const std::string& path);

  enum class State { kNew, kRunning, kDone };
  // kNew: the caller works on it now, and says end() when it is through.
  State begin(const std::string& id);
  // One that is done is remembered: where the file cannot be written, until the program ends.
  void end(const std::string& id, bool is_done);

 private:
  explicit RequestIds(std::string path) : path_(std::move(path)) {}
  Result<void> load();
  Result<void> rewrite();
  void remember(std::string id);
  void write(const std::string& id);

  const std::string path_;
  std::mutex mutex_;  // guards what follows
  std::unordered_map<std::string, State> states_;
  std::deque<std::string> done_;  // oldest first
  UniqueFd file_;
  size_t lines_ = 0;          // in it
  bool is_line_cut_ = false;  // the last of them was not written to its end
};

}  // namespace querymark
