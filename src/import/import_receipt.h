// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "import/importer.h"
#include "lists/list_reader.h"

// What an import left out and why, one JSON object a line; the last line is the summary.
//
//   {"source":"feed.txt","line":3,"text":"10.0.0.1","reason":"ip_address"}
//   {"source":"feed.txt","line":9,"text":"github.io","warning":"public_suffix"}
//   {"summary":{"lists":[{"list":"feed","lines":12,"names_found":9,"new":7,…}]}}
//
// Lines stand in the order of reading, duplicates after them in the order of their names. Memory: one buffer,
// or of one in memory what it may hold at most: lines beyond that are counted ("lines_left_out", in the last
// line).
namespace querymark {

class ImportReceipt {
 public:
  // Creates or truncates the file.
  static Result<ImportReceipt> create(const std::string& path);
  // Of at most so many bytes before its last line.
  static ImportReceipt in_memory(size_t size_max);

  void skip(std::string_view source, const ListSkip& skip);
  void warn(std::string_view source, uint64_t line, std::string_view text, std::string_view warning);
  // The last line; an error of any write so far. REQUIRES: called once, last.
  Result<void> finish(std::string_view summary_json);
  // REQUIRES: in_memory().
  const std::string& text() const { return buffer_; }

 private:
  ImportReceipt(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  void append(std::string_view line);
  void flush();

  UniqueFd fd_;
  std::string path_;
  std::optional<size_t> size_max_;  // in memory
  uint64_t lines_left_out_ = 0;
  std::string buffer_;
  Result<void> status_;
};

// A list's import, done or failed.
struct ImportOutcome {
  ImportSummary summary;
  std::string failure;  // empty: done
};

// {"lists":[…]}, for the receipt and for scripts.
std::string import_summary_json(std::span<const ImportOutcome> outcomes);

}  // namespace querymark
