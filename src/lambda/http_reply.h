// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

// Reads one HTTP/1.1 reply from bytes that arrive in pieces of any size.
//
//   HttpReplyReader reader;
//   reader.add("HTTP/1.1 202 Acc");                          false: more to come
//   reader.add("epted\r\nContent-Length: 2\r\n\r\nOK");      true: reader.take() is 202 with body "OK"
//
// Understands Content-Length, chunked bodies, bodies that the end of the connection ends, interim replies
// (1xx) and header names in any case. Memory: the reply, at most kReplyHeadSizeMax + kReplyBodySizeMax. Cost:
// one copy of the body. One thread at a time.
namespace querymark {

inline constexpr size_t kReplyHeadSizeMax = size_t{64} << 10;
// An event is at most 6 MiB and some bytes; this bound is against a peer that is no Runtime API.
inline constexpr size_t kReplyBodySizeMax = size_t{16} << 20;
// Room that a body whose length is known has behind it, for parsers that read it in place by whole vectors.
inline constexpr size_t kReplyBodyPadding = 64;

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order of arrival
  std::string body;
  bool keep_alive = false;  // the connection can take another request

  // The first header of that name, which the caller gives in lower case; empty where there is none.
  std::string_view header(std::string_view lower_case_name) const;
};

class HttpReplyReader {
 public:
  // True once the reply is whole. kCorrupt: not HTTP/1.x, or bytes follow the reply. kLimit: over a bound
  // above. After an error the reader is good for nothing more.
  Result<bool> add(std::string_view bytes);
  // The peer has closed. True where that completes the reply; kCorrupt where something is missing.
  Result<bool> end();
  // Some byte has come.
  bool started() const { return started_; }
  // REQUIRES: add() or end() gave true. Called once, last.
  HttpReply take() { return std::move(reply_); }

 private:
  enum class State {
    kStatusLine,
    kHeaderLine,
    kSizedBody,
    kChunkSizeLine,
    kChunk,
    kChunkEndLine,
    kTrailerLine,
    kUntilClose,
    kWhole
  };

  Result<void> take_line();
  Result<void> take_status_line();
  Result<void> take_header_line();
  Result<void> take_chunk_size_line();
  Result<void> choose_body();
  Result<void> add_body(std::string_view bytes);

  State state_ = State::kStatusLine;
  bool started_ = false;
  size_t head_size_ = 0;  // all lines so far, trailers and chunk sizes included
  size_t remaining_ = 0;  // of the sized body or the chunk
  std::string line_;      // the part of a line that has come
  HttpReply reply_;
};

}  // namespace querymark
