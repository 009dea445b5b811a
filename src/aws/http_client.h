// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "base/deadline.h"
#include "base/result.h"

// HTTP/1.1 requests over libcurl, and nothing above it: no signing, no retries, no meaning.
//
//   HttpClient http(Environment::of_process());
//   HttpRequest request;
//   request.url = *HttpUrl::parse("https://example.com/list.txt");
//   Result<HttpResponse> response = http.send(request, {.deadline = Deadline::after(10s)});
//
// Any status is a response; an Error is a response that did not come whole. One object serves all threads:
// connections are kept open between requests and used again, one for each request that runs at the same time.
namespace querymark {

class Environment;

// Takes a piece of the body; an Error stops the transfer and is what send() returns.
using HttpSink = std::function<Result<void>(std::string_view bytes)>;

struct HttpOptions {
  Deadline deadline = Deadline::never();
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
  // The longest time without a byte, either way; counted in whole seconds.
  std::chrono::seconds idle_timeout = std::chrono::seconds(30);
  size_t body_size_max = size_t{16} << 20;  // of HttpResponse::body
  HttpSink sink;                            // takes the body of a 2xx response in place of HttpResponse::body
  // Sees status and headers before the sink gets the first piece; its Error stops the transfer likewise.
  std::function<Result<void>(const HttpResponse& head)> on_head;
  int redirects_max = 0;  // 0: a redirect is a response like others. Never from https to http.
  bool use_proxy = true;  // what http_proxy, https_proxy and no_proxy say
};

class HttpClient {
 public:
  // The certificates that are trusted: the file that AWS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE names,
  // else the bundle of the system, wherever its kind keeps it.
  explicit HttpClient(const Environment& environment);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // Errors, whose texts name method, host and path but never a query:
  //   kBusy     not connected, no answer in time, connection reset, body cut short: may work later
  //   kLimit    body larger than body_size_max
  //   kInvalid  a header that cannot be sent
  //   kIo       the rest: a certificate that is not trusted, for one
  Result<HttpResponse> send(const HttpRequest& request, const HttpOptions& options = {});

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace querymark
