// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// What goes out to an HTTP server and what comes back: plain values, made and read anywhere, carried by
// HttpClient.
namespace querymark {

struct HttpHeader {
  std::string name;
  std::string value;
};
using HttpHeaders = std::vector<HttpHeader>;

// The value of the first header of this name, upper or lower case alike; empty where there is none.
std::string_view find_header(const HttpHeaders& headers, std::string_view name);

// An absolute URL cut into its parts, each as it stands: percent-encoding is neither added nor taken away.
//
//   "http://127.0.0.1:5000/a%20b?x=1"   scheme "http", authority "127.0.0.1:5000", path "/a%20b", query "x=1"
struct HttpUrl {
  std::string scheme;     // "http" or "https"
  std::string authority;  // host, and port where it is not the scheme's own: what the Host header says
  std::string path;       // begins with "/"
  std::string query;      // without the "?"

  // User information and fragments are refused: neither belongs into a request of ours.
  static Result<HttpUrl> parse(std::string_view text);
  std::string text() const;
  // Host without port or brackets.
  std::string_view host() const;
};

// The bytes of a request: in memory, or read piece by piece from where they lie. They stay the caller's and
// must outlive the request; a request that is repeated reads them again.
class HttpBody {
 public:
  using ReadAt = std::function<Result<size_t>(uint64_t offset, char* out, size_t size)>;

  HttpBody() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  HttpBody(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}
  // `read_at` gives up to `size` bytes from `offset` on, at least one before `size` of the body is reached.
  HttpBody(uint64_t size, ReadAt read_at) : size_(size), read_at_(std::move(read_at)) {}

  uint64_t size() const { return size_; }
  bool in_memory() const { return !read_at_; }
  // REQUIRES: in_memory().
  std::string_view bytes() const { return bytes_; }
  // REQUIRES: !in_memory().
  Result<size_t> read_at(uint64_t offset, char* out, size_t size) const {
    return read_at_(offset, out, size);
  }

 private:
  std::string_view bytes_;
  uint64_t size_ = 0;
  ReadAt read_at_;
};

struct HttpRequest {
  std::string method = "GET";
  HttpUrl url;
  HttpHeaders headers;
  HttpBody body;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

}  // namespace querymark
