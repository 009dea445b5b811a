// SPDX-License-Identifier: Apache-2.0
#include "cli/output_stream.h"

#include <unistd.h>

#include "base/file.h"

namespace querymark {

void OutputStream::write_line(std::string_view line) {
  constexpr size_t kBufferSize = size_t{64} << 10;
  buffer_.append(line).append("\n");
  if (buffer_.size() >= kBufferSize) flush();
}

Result<void> OutputStream::finish() {
  flush();
  return status_;
}

void OutputStream::flush() {
  if (status_) status_ = write_all(STDOUT_FILENO, buffer_, "standard output");
  buffer_.clear();
}

}  // namespace querymark
