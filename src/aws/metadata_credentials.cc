// SPDX-License-Identifier: Apache-2.0
#include "aws/metadata_credentials.h"

#include <arpa/inet.h>
#include <strings.h>

#include <charconv>
#include <chrono>

#include "aws/credentials_json.h"
#include "base/backoff.h"
#include "base/file.h"

namespace querymark {
namespace {

constexpr const char* kContainerHost = "http://169.254.170.2";
constexpr const char* kInstanceHost = "http://169.254.169.254";
constexpr const char* kInstanceHostIpv6 = "http://[fd00:ec2::254]";
constexpr size_t kDocumentSizeMax = size_t{64} << 10;
constexpr int kContainerAttempts = 4;

struct Tries {
  std::chrono::milliseconds timeout{1000};
  int attempts = 1;
};

HttpRequest request_for(std::string_view method, HttpUrl url, HttpHeaders headers) {
  HttpRequest request;
  request.method = method;
  request.url = std::move(url);
  request.headers = std::move(headers);
  return request;
}

// The body of a 200. 5xx and faults of the network are tried again.
Result<std::string> ask(HttpClient& http, const HttpRequest& request, const std::string& what,
                        const Tries& tries, Deadline deadline) {
  Backoff backoff(std::chrono::milliseconds(100), std::chrono::seconds(1));
  for (int attempt = 1;; ++attempt) {
    HttpOptions options;
    options.deadline = deadline.or_after(tries.timeout);
    options.connect_timeout = tries.timeout;
    options.body_size_max = kDocumentSizeMax;
    options.use_proxy = false;
    Result<HttpResponse> response = http.send(request, options);
    if (response && response->status == 200) return std::move(response->body);
    Error error = response ? Error{response->status >= 500 ? Errc::kBusy : Errc::kDenied,
                                   "HTTP " + std::to_string(response->status)}
                           : response.error();
    const bool may_work_later = error.code == Errc::kBusy && attempt < tries.attempts;
    if (!may_work_later || !backoff.wait(deadline)) return Error{error.code, what + ": " + error.detail};
  }
}

bool is_local_host(std::string_view host) {
  const std::string text(host);
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == 127 || text == "169.254.170.2" || text == "169.254.170.23";
  }
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
    in6_addr pod_identity{};
    ::inet_pton(AF_INET6, "fd00:ec2::23", &pod_identity);
    return IN6_IS_ADDR_LOOPBACK(&v6) || IN6_ARE_ADDR_EQUAL(&v6, &pod_identity);
  }
  return text == "localhost";
}

Result<HttpUrl> container_url(const Environment& environment) {
  if (const auto relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    return HttpUrl::parse(kContainerHost + (relative->starts_with('/') ? *relative : "/" + *relative));
  }
  Result<HttpUrl> url = HttpUrl::parse(environment.get_or("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""));
  if (url && url->scheme == "http" && !is_local_host(url->host())) {
    return Error::invalid("http to a host that is not the machine's own: " + std::string(url->host()));
  }
  return url;
}

Result<std::string> container_token(const Environment& environment) {
  std::string token = environment.get_or("AWS_CONTAINER_AUTHORIZATION_TOKEN", "");
  if (const auto path = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    Result<std::string> text = read_file(*path, kDocumentSizeMax);
    if (!text) return text.error();
    token = *std::move(text);
    while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  }
  if (token.find_first_of("\r\n") != std::string::npos)
    return Error::invalid("authorization token of two lines");
  return token;
}

Result<HttpUrl> instance_url(const Environment& environment) {
  const bool v6 =
      ::strcasecmp(environment.get_or("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "").c_str(), "ipv6") == 0;
  return HttpUrl::parse(
      environment.get_or("AWS_EC2_METADATA_SERVICE_ENDPOINT", v6 ? kInstanceHostIpv6 : kInstanceHost));
}

int number_or(const Environment& environment, std::string_view name, int otherwise) {
  const std::string text = environment.get_or(name, "");
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 ? value : otherwise;
}

}  // namespace

bool has_container_credentials(const Environment& environment) {
  return environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ||
         environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

Result<Credentials> fetch_container_credentials(const Environment& environment, HttpClient& http,
                                                Deadline deadline) {
  const std::string what = "container credentials";
  Result<HttpUrl> url = container_url(environment);
  if (!url) return Error::invalid(what + ": " + url.error().detail);
  Result<std::string> token = container_token(environment);
  if (!token) return Error{token.error().code, what + ": " + token.error().detail};
  HttpHeaders headers = {{"Accept", "application/json"}};
  if (!token->empty()) headers.push_back({"Authorization", *std::move(token)});
  const Tries tries{std::chrono::seconds(1), kContainerAttempts};
  const Result<std::string> document =
      ask(http, request_for("GET", *std::move(url), std::move(headers)), what, tries, deadline);
  if (!document) return document.error();
  return parse_credentials_json(*document, what);
}

Result<Credentials> fetch_instance_credentials(const Environment& environment, HttpClient& http,
                                               Deadline deadline) {
  const std::string what = "instance metadata";
  const Result<HttpUrl> base = instance_url(environment);
  if (!base) return Error::invalid(what + ": " + base.error().detail);
  const Tries tries{std::chrono::seconds(number_or(environment, "AWS_METADATA_SERVICE_TIMEOUT", 1)),
                    number_or(environment, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", 1)};
  const auto at = [&base](std::string_view path) {
    HttpUrl url = *base;
    url.path = path;
    return url;
  };

  const Result<std::string> token = ask(
      http, request_for("PUT", at("/latest/api/token"), {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}),
      what, tries, deadline);
  if (!token) return token.error();
  const HttpHeaders headers = {{"X-aws-ec2-metadata-token", *token}};
  const std::string folder = "/latest/meta-data/iam/security-credentials/";
  const Result<std::string> roles = ask(http, request_for("GET", at(folder), headers), what, tries, deadline);
  if (!roles) return roles.error();
  const std::string role = roles->substr(0, roles->find_first_of("\r\n"));
  if (role.empty() || role.find_first_of(" ?#/") != std::string::npos) {
    return Error::corrupt(what + ": no role's name");
  }
  const Result<std::string> document =
      ask(http, request_for("GET", at(folder + role), headers), what, tries, deadline);
  if (!document) return document.error();
  return parse_credentials_json(*document, what);
}

}  // namespace querymark
