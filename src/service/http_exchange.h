// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "aws/http_message.h"
#include "base/byte_buffer.h"

// A request and its reply as the service sees them, whatever carries them: HttpServer reads and writes,
// handlers decide. A handler is made for each request by its head, is given the body in pieces, and answers
// when it is ready, from any thread.
namespace querymark {

struct HttpHead {
  std::string method;
  std::string path;   // as sent, without the query
  std::string query;  // without the "?"
  HttpHeaders headers;

  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

// A body without a known end: its pieces go out as they are ready, the next is asked for when the last is
// written.
class HttpBodySource {
 public:
  // Dropped where the body has ended or its reader has gone: a resume that is due need not be called then.
  virtual ~HttpBodySource() = default;

  // The next piece; nothing: the body has ended.
  using Resume = std::function<void(std::optional<std::string>)>;
  // Calls `resume` once, in this call or later, from any thread.
  virtual void next(Resume resume) = 0;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  HttpHeaders headers = {};
  std::shared_ptr<HttpBodySource> source = {};  // in place of `body`
};

// Why a body is not taken.
enum class HttpRefusal : uint8_t {
  kTooLarge,    // 413
  kOverloaded,  // 503: memory for it is not to be had
};

class HttpHandler {
 public:
  static constexpr size_t kWholeBody = SIZE_MAX;

  virtual ~HttpHandler() = default;

  // What to do next: read more of the body, give the same once more, or reply.
  enum class Continue : uint8_t { kRead, kAgain };
  using Next = std::variant<Continue, HttpReply>;
  using Resume = std::function<void(Next)>;

  // The bound of the body, as sent.
  virtual uint64_t body_size_max() const = 0;
  // take() is called when so many more bytes are there, or the body ends.
  virtual size_t piece_size() const { return kWholeBody; }

  // `body`: what has been read and not been removed from it by the handler. `is_last`: the body ends with it.
  // The handler calls `resume` once, in this call or later, from any thread, and touches `body` no more then.
  // Several requests are handled at once, but never two calls of one handler. REQUIRES: no kRead after
  // is_last.
  virtual void take(ByteBuffer& body, bool is_last, Resume resume) = 0;

  // In the form in which the sender expects its errors.
  virtual HttpReply refuse(HttpRefusal refusal) const = 0;
};

// Answers requests. Threads: begin() is called by several at once.
class HttpService {
 public:
  virtual ~HttpService() = default;
  virtual std::unique_ptr<HttpHandler> begin(HttpHead head) = 0;
};

// A handler that has decided by the head: it reads a small body and drops it.
std::unique_ptr<HttpHandler> make_reply_handler(HttpReply reply);

// {"message":"…"} under this status.
HttpReply json_message(int status, std::string_view message);

}  // namespace querymark
