// SPDX-License-Identifier: Apache-2.0
#include "lambda/http_reply.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace querymark {

static std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

static std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The whole text as a number, or false.
static bool parse_size(std::string_view text, int base, size_t& size) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, base);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view HttpReply::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

Result<bool> HttpReplyReader::add(std::string_view bytes) {
  started_ = started_ || !bytes.empty();
  while (!bytes.empty()) {
    if (state_ == State::kWhole) return Error::corrupt("bytes after the end of the HTTP reply");
    if (state_ == State::kSizedBody || state_ == State::kChunk || state_ == State::kUntilClose) {
      const std::string_view part =
          state_ == State::kUntilClose ? bytes : bytes.substr(0, std::min(remaining_, bytes.size()));
      if (Result<void> added = add_body(part); !added) return added.error();
      bytes.remove_prefix(part.size());
      continue;
    }
    const size_t end = bytes.find('\n');
    const size_t size = end == std::string_view::npos ? bytes.size() : end + 1;
    head_size_ += size;
    if (head_size_ > kReplyHeadSizeMax) return Error::limit("head of the HTTP reply passes 64 KiB");
    line_.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (end == std::string_view::npos) break;
    line_.pop_back();
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    if (Result<void> taken = take_line(); !taken) return taken.error();
    line_.clear();
  }
  return state_ == State::kWhole;
}

Result<bool> HttpReplyReader::end() {
  if (state_ == State::kUntilClose) state_ = State::kWhole;
  if (state_ == State::kWhole) return true;
  return Error::corrupt("connection closed within an HTTP reply");
}

Result<void> HttpReplyReader::take_line() {
  switch (state_) {
    case State::kStatusLine:
      return take_status_line();
    case State::kHeaderLine:
      return line_.empty() ? choose_body() : take_header_line();
    case State::kChunkSizeLine:
      return take_chunk_size_line();
    case State::kChunkEndLine:
      if (!line_.empty()) return Error::corrupt("HTTP chunk is longer than it says");
      state_ = State::kChunkSizeLine;
      return {};
    case State::kTrailerLine:
      if (line_.empty()) state_ = State::kWhole;
      return {};
    default:
      return {};
  }
}

Result<void> HttpReplyReader::take_status_line() {
  // "HTTP/1.1 200 OK"; the reason may be missing.
  const std::string_view line = line_;
  size_t status = 0;
  const bool good = line.size() >= 12 && line.substr(0, 7) == "HTTP/1." && line[8] == ' ' &&
                    (line.size() == 12 || line[12] == ' ') && parse_size(line.substr(9, 3), 10, status) &&
                    status >= 100;
  if (!good) return Error::corrupt("not an HTTP/1 reply");
  reply_.status = static_cast<int>(status);
  reply_.keep_alive = line[7] != '0';
  reply_.headers.clear();
  state_ = State::kHeaderLine;
  return {};
}

Result<void> HttpReplyReader::take_header_line() {
  const std::string_view line = line_;
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line.find_first_of(" \t") < colon) {
    return Error::corrupt("HTTP reply has a header line without a name");
  }
  reply_.headers.emplace_back(lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return {};
}

Result<void> HttpReplyReader::take_chunk_size_line() {
  const std::string_view line = line_;
  if (!parse_size(trim(line.substr(0, line.find(';'))), 16, remaining_)) {
    return Error::corrupt("HTTP chunk without a size");
  }
  state_ = remaining_ == 0 ? State::kTrailerLine : State::kChunk;
  return {};
}

// The blank line has come: what follows?
Result<void> HttpReplyReader::choose_body() {
  if (reply_.status < 200) {  // interim: the reply proper is still to come
    state_ = State::kStatusLine;
    return {};
  }
  if (lower(reply_.header("connection")) == "close") reply_.keep_alive = false;
  if (reply_.status == 204 || reply_.status == 304) {
    state_ = State::kWhole;
    return {};
  }
  if (const std::string_view encoding = reply_.header("transfer-encoding"); !encoding.empty()) {
    if (lower(encoding) != "chunked") return Error::corrupt("unknown transfer encoding in the HTTP reply");
    state_ = State::kChunkSizeLine;
    return {};
  }
  const std::string_view length = reply_.header("content-length");
  for (const auto& [name, value] : reply_.headers) {
    if (name == "content-length" && value != length) return Error::corrupt("HTTP reply has two lengths");
  }
  if (length.empty()) {
    reply_.keep_alive = false;
    state_ = State::kUntilClose;
    return {};
  }
  if (!parse_size(length, 10, remaining_)) return Error::corrupt("HTTP reply has a length that is no number");
  if (remaining_ > kReplyBodySizeMax) return Error::limit("body of the HTTP reply passes 16 MiB");
  reply_.body.reserve(remaining_ + kReplyBodyPadding);
  state_ = remaining_ == 0 ? State::kWhole : State::kSizedBody;
  return {};
}

Result<void> HttpReplyReader::add_body(std::string_view bytes) {
  if (reply_.body.size() + bytes.size() > kReplyBodySizeMax) {
    return Error::limit("body of the HTTP reply passes 16 MiB");
  }
  reply_.body.append(bytes);
  if (state_ == State::kUntilClose) return {};
  remaining_ -= bytes.size();
  if (remaining_ == 0) state_ = state_ == State::kChunk ? State::kChunkEndLine : State::kWhole;
  return {};
}

}  // namespace querymark
