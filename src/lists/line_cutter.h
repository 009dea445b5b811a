// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

// Bytes that come in pieces -> lines.
//
// Memory: one buffer of a little more than kListLineSizeMax bytes. Cost: one memchr a line and one copy.
namespace querymark {

struct CutLine {
  std::string_view text;  // without its end (LF, CR LF); valid until the next append()
  bool too_long;          // over kListLineSizeMax bytes: text is its beginning only
};

class LineCutter {
 public:
  // Bytes after a line's text that are readable, whatever they are (normalize_padded_name asks for them).
  static constexpr size_t kPadding = 64;

  LineCutter();

  // Takes as many of `bytes` as there is room for, and gives their number. 0 only where next() has lines to
  // give.
  size_t append(std::string_view bytes);
  // What was appended and neither cut nor dropped.
  std::string_view pending() const { return {buffer_.get() + begin_, end_ - begin_}; }
  // REQUIRES: size <= pending().size().
  void drop(size_t size) { scanned_ = begin_ += size; }
  void set_line_end(char line_end) { line_end_ = line_end; }

  // The next line whose end has come.
  std::optional<CutLine> next();
  // After next() has given all: the last line, which lacks its end, if there is one.
  std::optional<CutLine> last();

 private:
  std::optional<CutLine> too_long();

  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;    // of pending()
  size_t end_ = 0;      // of pending()
  size_t scanned_ = 0;  // no line end before it
  char line_end_ = '\n';
  bool discarding_ = false;  // in the rest of a line that was given as too long
};

}  // namespace querymark
