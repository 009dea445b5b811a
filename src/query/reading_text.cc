// SPDX-License-Identifier: Apache-2.0
#include "query/reading_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace querymark {
namespace {

// Takes blanks, comments and opening parentheses off the front.
void skip_to_word(std::string_view& text) {
  for (;;) {
    const size_t begin = text.find_first_not_of(" \t\r\n\f\v(");
    text.remove_prefix(std::min(begin, text.size()));
    const std::string_view end = text.starts_with("--") ? "\n" : "*/";
    if (!text.starts_with("--") && !text.starts_with("/*")) return;
    const size_t closed = text.find(end, 2);
    text.remove_prefix(closed == std::string_view::npos ? text.size() : closed + end.size());
  }
}

// Takes the first word off, in lower case.
std::string take_word(std::string_view& text) {
  skip_to_word(text);
  std::string word;
  while (word.size() < text.size() && std::isalpha(static_cast<unsigned char>(text[word.size()])) != 0)
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[word.size()])));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

Result<void> require_reading_word(std::string_view text) {
  constexpr std::array kWords = {"select", "with",     "from", "values",
                                 "table",  "describe", "show", "summarize"};
  std::string word = take_word(text);
  if (word == "explain") {
    word = take_word(text);
    if (word == "analyze") word = take_word(text);
  }
  if (std::find(kWords.begin(), kWords.end(), word) != kWords.end()) return {};
  return Error::invalid(
      "a question only reads: SELECT, WITH, FROM, VALUES, EXPLAIN, DESCRIBE, SHOW or SUMMARIZE");
}

std::string_view without_semicolon(std::string_view text) {
  while (!text.empty() && (text.back() == ';' || std::isspace(static_cast<unsigned char>(text.back())) != 0))
    text.remove_suffix(1);
  return text;
}

}  // namespace querymark
