// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace querymark {

// Lines of text on standard output, buffered. Errors (disk full, reader gone) are kept for finish(); what is
// written after one is dropped.
class OutputStream {
 public:
  void write_line(std::string_view line);
  bool failed() const { return !status_; }
  // kClosed where the reader has gone, which for a listing is no failure.
  Result<void> finish();

 private:
  void flush();
  std::string buffer_;
  Result<void> status_;
};

}  // namespace querymark
