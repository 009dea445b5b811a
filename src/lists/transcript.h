// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "lists/list_reader.h"

// For the tests: what a reader made of a list, one line each.
//
//   "1 evil.com exact"     "2 evil.com subtree allow"     "3 github.io exact suffix"     "4 no_valid_tld:
//   x.lan"
namespace querymark {

class Transcript final : public ListSink {
 public:
  void entry(const ListEntry& entry) override {
    text_ += std::to_string(entry.line) + " " + std::string(entry.name) + " ";
    text_ += to_string(entry.scope);
    if (entry.allow) text_ += " allow";
    if (entry.public_suffix) text_ += " suffix";
    text_ += "\n";
  }
  void skip(const ListSkip& skip) override {
    text_ += std::to_string(skip.line) + " " + std::string(to_string(skip.reason)) + ": ";
    text_.append(skip.text) += "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The transcript, or "error: …". The list is fed in pieces of `piece_size` bytes.
inline std::string transcribe(std::string_view list, const ListReaderOptions& options,
                              size_t piece_size = std::string_view::npos) {
  Transcript transcript;
  ListReader reader(options, SuffixTable::built_in(), transcript, "list");
  while (!list.empty()) {
    const std::string_view piece = list.substr(0, piece_size);
    if (const Result<void> fed = reader.feed(piece); !fed) return "error: " + fed.error().detail;
    list.remove_prefix(piece.size());
  }
  if (const Result<void> finished = reader.finish(); !finished) return "error: " + finished.error().detail;
  return transcript.text();
}

inline std::string transcribe(std::string_view list, ListFormat format) {
  ListReaderOptions options;
  options.format = format;
  return transcribe(list, options);
}

// For tables of single lines: without the line's number and the last newline, several joined by "; ".
inline std::string transcribe_line(std::string_view line, ListFormat format) {
  std::string text = transcribe(line, format);
  std::string joined;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const size_t space = text.find(' ', at);
    if (text.starts_with("error")) return text;
    joined += (joined.empty() ? "" : "; ") + text.substr(space + 1, end - space - 1);
    at = end + 1;
  }
  return joined;
}

struct LineCase {
  const char* what;
  std::string line;
  std::string expected;
};

}  // namespace querymark
