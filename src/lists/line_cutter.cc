// SPDX-License-Identifier: Apache-2.0
#include "lists/line_cutter.h"

#include <algorithm>
#include <cstring>

#include "lists/list_reader.h"

namespace querymark {
namespace {

constexpr size_t kReadAheadSize = size_t{256} << 10;
constexpr size_t kBufferSize = kListLineSizeMax + kReadAheadSize;
constexpr size_t kTooLongShownSize = 256;

}  // namespace

LineCutter::LineCutter() : buffer_(std::make_unique_for_overwrite<char[]>(kBufferSize + kPadding)) {
  std::memset(buffer_.get(), 0, kPadding);
}

size_t LineCutter::append(std::string_view bytes) {
  if (begin_ != 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  const size_t size = std::min(bytes.size(), kBufferSize - end_);
  std::memcpy(buffer_.get() + end_, bytes.data(), size);
  end_ += size;
  std::memset(buffer_.get() + end_, 0, kPadding);
  return size;
}

std::optional<CutLine> LineCutter::too_long() {
  return CutLine{pending().substr(0, kTooLongShownSize), true};
}

std::optional<CutLine> LineCutter::next() {
  for (;;) {
    const void* found = std::memchr(buffer_.get() + scanned_, line_end_, end_ - scanned_);
    const bool whole = found != nullptr;
    const size_t line_end =
        whole ? static_cast<size_t>(static_cast<const char*>(found) - buffer_.get()) : end_;
    const std::string_view text(buffer_.get() + begin_, line_end - begin_);
    scanned_ = line_end + (whole ? 1 : 0);

    if (discarding_) {
      begin_ = scanned_;
      discarding_ = !whole;
      if (whole) continue;
      return std::nullopt;
    }
    if (text.size() > kListLineSizeMax) {
      const std::optional<CutLine> line = too_long();
      begin_ = scanned_;
      discarding_ = !whole;
      return line;
    }
    if (!whole) return std::nullopt;
    begin_ = scanned_;
    return CutLine{text.ends_with('\r') ? text.substr(0, text.size() - 1) : text, false};
  }
}

std::optional<CutLine> LineCutter::last() {
  const std::string_view text = pending();
  begin_ = end_;
  if (discarding_ || text.empty()) return std::nullopt;
  return CutLine{text.ends_with('\r') ? text.substr(0, text.size() - 1) : text, false};
}

}  // namespace querymark
