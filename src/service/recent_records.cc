// SPDX-License-Identifier: Apache-2.0
#include "service/recent_records.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "service/password_hash.h"

namespace querymark {
namespace {

constexpr size_t kIdentitySize = 8;

// The last whole lines of at most `size` bytes.
std::string_view last_lines(std::string_view lines, size_t size) {
  if (lines.size() <= size) return lines;
  const size_t line_end = lines.find('\n', lines.size() - size - 1);
  return line_end == std::string_view::npos ? std::string_view() : lines.substr(line_end + 1);
}

// The offset of "IDENTITY:OFFSET".
std::optional<uint64_t> parse(std::string_view cursor, std::string_view identity) {
  if (cursor.size() <= identity.size() || !cursor.starts_with(identity)) return {};
  uint64_t offset = 0;
  const char* end = cursor.data() + cursor.size();
  const auto [stop, error] = std::from_chars(cursor.data() + identity.size() + 1, end, offset);
  return error == std::errc() && stop == end ? std::optional(offset) : std::nullopt;
}

}  // namespace

RecentRecords::RecentRecords() : identity_(random_hex(kIdentitySize)) {}

void RecentRecords::append(std::string_view lines) {
  const std::lock_guard<std::mutex> lock(mutex_);
  end_ += lines.size();
  const std::string_view kept = last_lines(lines, kSizeMax);
  if (kept.size() < lines.size()) lines_.clear();
  if (lines_.size() + kept.size() > 2 * kSizeMax) lines_ = last_lines(lines_, kSizeMax);
  lines_ += kept;
}

RecordTail RecentRecords::since(std::string_view cursor) const {
  RecordTail tail;
  const std::optional<uint64_t> offset = parse(cursor, identity_);
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string_view rest = last_lines(lines_, kSizeMax);
  if (const uint64_t begin = end_ - rest.size(); offset && *offset <= end_) {
    tail.is_skipped = *offset < begin;
    rest.remove_prefix(static_cast<size_t>(std::max(*offset, begin) - begin));
  } else {
    tail.is_skipped = !cursor.empty();
  }
  while (!rest.empty()) {
    const size_t size = rest.find('\n');
    tail.lines.emplace_back(rest.substr(0, size));
    rest.remove_prefix(size + 1);
  }
  tail.cursor = identity_ + ":" + std::to_string(end_);
  return tail;
}

}  // namespace querymark
