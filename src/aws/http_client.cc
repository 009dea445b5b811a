// SPDX-License-Identifier: Apache-2.0
#include "aws/http_client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <optional>
#include <vector>

#include "aws/environment.h"

namespace querymark {
namespace {

// Handles kept for later, each with its open connections.
constexpr size_t kIdleHandlesMax = 64;

constexpr const char* kSystemBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu
    "/etc/pki/tls/certs/ca-bundle.crt",    // Amazon Linux, Fedora
    "/etc/ssl/cert.pem",                   // Alpine
};

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;
using CurlList = std::unique_ptr<curl_slist, CurlDeleter>;

std::string find_ca_bundle(const Environment& environment) {
  for (const char* name : {"AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    if (const std::optional<std::string> path = environment.get(name)) return *path;
  }
  for (const char* path : kSystemBundles) {
    if (::access(path, R_OK) == 0) return path;
  }
  return "";
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// What curl's callbacks work on during one send().
struct Transfer {
  const HttpRequest& request;
  const HttpOptions& options;
  CURL* handle;
  HttpResponse response;
  std::optional<Error> stopped;  // why we made curl stop
  uint64_t sent = 0;
  bool sinking = false;  // the sink has been, or is being, given something

  bool wants_sink() const { return options.sink && response.ok(); }
};

size_t on_header(char* data, size_t, size_t size, void* context) {
  HttpResponse& response = static_cast<Transfer*>(context)->response;
  const std::string_view line = trim({data, size});
  if (line.starts_with("HTTP/")) {  // of an interim response, a redirect, or the one that counts: the last
    response = {};
    const std::string_view status = line.substr(std::min(line.find(' ') + 1, line.size()));
    std::from_chars(status.data(), status.data() + status.size(), response.status);
  } else if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
    response.headers.push_back(
        {std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
  }
  return size;
}

size_t on_body(char* data, size_t, size_t size, void* context) {
  Transfer& transfer = *static_cast<Transfer*>(context);
  if (transfer.wants_sink()) {
    Result<void> taken;
    if (!transfer.sinking && transfer.options.on_head) taken = transfer.options.on_head(transfer.response);
    transfer.sinking = true;
    if (taken) taken = transfer.options.sink({data, size});
    if (taken) return size;
    transfer.stopped = taken.error();
    return CURL_WRITEFUNC_ERROR;
  }
  std::string& body = transfer.response.body;
  if (size > transfer.options.body_size_max - std::min(body.size(), transfer.options.body_size_max)) {
    transfer.stopped =
        Error::limit("reply larger than " + std::to_string(transfer.options.body_size_max) + " bytes");
    return CURL_WRITEFUNC_ERROR;
  }
  body.append(data, size);
  return size;
}

size_t on_read(char* out, size_t, size_t size, void* context) {
  Transfer& transfer = *static_cast<Transfer*>(context);
  const uint64_t left = transfer.request.body.size() - transfer.sent;
  if (left == 0) return 0;
  const Result<size_t> count =
      transfer.request.body.read_at(transfer.sent, out, static_cast<size_t>(std::min<uint64_t>(left, size)));
  if (!count || *count == 0) {
    transfer.stopped = count ? Error::corrupt("request body ends early") : count.error();
    return CURL_READFUNC_ABORT;
  }
  transfer.sent += *count;
  return *count;
}

// curl begins anew where a kept connection turns out to be closed.
int on_seek(void* context, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Transfer*>(context)->sent = static_cast<uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

Result<CurlList> header_list(const HttpRequest& request) {
  CurlList list;
  const auto append = [&list](const std::string& line) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  };
  for (const HttpHeader& header : request.headers) {
    if ((header.name + header.value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return Error::invalid("header " + header.name.substr(0, header.name.find_first_of("\r\n")) +
                            " holds a line break");
    }
    append(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  append("Expect:");
  if (find_header(request.headers, "Content-Type").empty()) append("Content-Type:");
  return list;
}

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  curl_easy_setopt(handle, option, value);
}

void set_up_body(CURL* handle, const HttpRequest& request, Transfer& transfer) {
  if (!request.body.in_memory()) {
    set(handle, CURLOPT_UPLOAD, 1L);
    set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(handle, CURLOPT_READFUNCTION, on_read);
    set(handle, CURLOPT_READDATA, &transfer);
    set(handle, CURLOPT_SEEKFUNCTION, on_seek);
    set(handle, CURLOPT_SEEKDATA, &transfer);
  } else if (request.method == "POST" || request.method == "PUT" || request.body.size() > 0) {
    const std::string_view bytes = request.body.bytes();
    set(handle, CURLOPT_POSTFIELDS, bytes.empty() ? "" : bytes.data());
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
  } else if (request.method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_up(CURL* handle, const HttpRequest& request, const HttpOptions& options, Transfer& transfer) {
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_PATH_AS_IS, 1L);
  set(handle, CURLOPT_USERAGENT, "querymark");
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_REDIR_PROTOCOLS_STR, request.url.scheme == "https" ? "https" : "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, options.redirects_max > 0 ? 1L : 0L);
  set(handle, CURLOPT_MAXREDIRS, static_cast<long>(options.redirects_max));
  if (!options.use_proxy) set(handle, CURLOPT_NOPROXY, "*");
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.idle_timeout.count()));
  if (!options.deadline.is_never()) {  // 0 would mean no limit
    const auto left = std::max<long>(1, static_cast<long>(options.deadline.left().count()));
    set(handle, CURLOPT_TIMEOUT_MS, left);
  }
  set(handle, CURLOPT_HEADERFUNCTION, on_header);
  set(handle, CURLOPT_HEADERDATA, &transfer);
  set(handle, CURLOPT_WRITEFUNCTION, on_body);
  set(handle, CURLOPT_WRITEDATA, &transfer);
  set_up_body(handle, request, transfer);
}

// The code and the beginning of the text for a failure that curl found.
Error describe(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return {Errc::kBusy, "not connected"};
    case CURLE_OPERATION_TIMEDOUT:
      return {Errc::kBusy, "no answer in time"};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return {Errc::kBusy, "connection reset"};
    case CURLE_PARTIAL_FILE:
      return {Errc::kBusy, "reply cut short"};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {Errc::kInvalid, "not a URL that can be asked"};
    default:
      return {Errc::kIo, "request failed"};
  }
}

}  // namespace

struct HttpClient::Pool {
  std::string ca_bundle;
  std::mutex mutex;
  std::vector<CurlHandle> idle;  // guarded by mutex

  CurlHandle take() {
    const std::lock_guard<std::mutex> lock(mutex);
    if (idle.empty()) return CurlHandle(curl_easy_init());
    CurlHandle handle = std::move(idle.back());
    idle.pop_back();
    return handle;
  }

  void give_back(CurlHandle handle) {
    curl_easy_reset(handle.get());  // options only: connections stay open
    const std::lock_guard<std::mutex> lock(mutex);
    if (idle.size() < kIdleHandlesMax) idle.push_back(std::move(handle));
  }
};

HttpClient::HttpClient(const Environment& environment) : pool_(std::make_unique<Pool>()) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;  // where it failed, so does every send()
  pool_->ca_bundle = find_ca_bundle(environment);
}

HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request, const HttpOptions& options) {
  const Result<CurlList> headers = header_list(request);
  if (!headers) return headers.error();
  CurlHandle handle = pool_->take();
  if (!handle) return Error{Errc::kIo, "libcurl does not start"};

  Transfer transfer{request, options, handle.get(), {}, {}, 0, false};
  set_up(handle.get(), request, options, transfer);
  char reason[CURL_ERROR_SIZE] = "";
  set(handle.get(), CURLOPT_ERRORBUFFER, reason);
  set(handle.get(), CURLOPT_HTTPHEADER, headers->get());
  const std::string url = request.url.text();
  set(handle.get(), CURLOPT_URL, url.c_str());
  if (!pool_->ca_bundle.empty()) set(handle.get(), CURLOPT_CAINFO, pool_->ca_bundle.c_str());
  const CURLcode code = curl_easy_perform(handle.get());
  pool_->give_back(std::move(handle));

  if (code == CURLE_OK) return std::move(transfer.response);
  const std::string place =
      request.method + " " + request.url.scheme + "://" + request.url.authority + request.url.path;
  if (transfer.stopped) {
    if (transfer.sinking) return *transfer.stopped;  // the sink's own
    return Error{transfer.stopped->code, place + ": " + transfer.stopped->detail};
  }
  Error error = describe(code);
  error.detail = place + ": " + error.detail;
  if (reason[0] != '\0') error.detail += std::string(" (") + reason + ")";
  return error;
}

}  // namespace querymark
