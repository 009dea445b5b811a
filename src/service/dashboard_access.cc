// SPDX-License-Identifier: Apache-2.0
#include "service/dashboard_access.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "service/password_hash.h"

namespace querymark {
namespace {

constexpr std::string_view kCookie = "querymark_session=";
constexpr std::string_view kTokenHeader = "X-Querymark-Token";
constexpr std::chrono::hours kSessionTime(12);
constexpr size_t kSessionsMax = 256;
constexpr size_t kSecretSize = 32;
constexpr unsigned kFailuresMax = 10;  // of passwords, in kFailureTime
constexpr std::chrono::minutes kFailureTime(1);

// "[::1]:8053" -> "[::1]"
std::string_view host_without_port(std::string_view host) {
  const size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  return has_port ? host.substr(0, colon) : host;
}

bool is_loopback_host(std::string_view host) {
  const std::string_view name = host_without_port(host);
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

// Whether the Origin's scheme, host and port are those the request was sent to.
bool is_same_origin(std::string_view origin, std::string_view host) {
  const size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && origin.substr(scheme + 3) == host;
}

std::string_view session_cookie(std::string_view cookies) {
  while (!cookies.empty()) {
    const size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view cookie = cookies.substr(0, end);
    cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
    if (cookie.starts_with(kCookie)) return cookie.substr(kCookie.size());
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
  }
  return {};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool changes_something(const HttpHead& head) {
  return head.method != "GET" && head.method != "HEAD";
}

}  // namespace

DashboardAccess::DashboardAccess(DashboardAccessOptions options)
    : options_(std::move(options)), open_token_(random_hex(kSecretSize)) {}

std::optional<HttpReply> DashboardAccess::refuse_foreign(const HttpHead& head) const {
  const std::string_view host = head.header("Host");
  if (!needs_login() && !is_loopback_host(host))
    return json_message(403,
                        "this service is asked by the name of another host: set a password to allow that");
  const std::string_view origin = head.header("Origin");
  const std::string_view site = head.header("Sec-Fetch-Site");
  const bool is_ours = (origin.empty() || is_same_origin(origin, host)) &&
                       (site.empty() || site == "same-origin" || site == "none");
  if (!is_ours) return json_message(403, "a page of another site asks");
  return {};
}

std::optional<HttpReply> DashboardAccess::refuse(const HttpHead& head) {
  if (std::optional<HttpReply> foreign = refuse_foreign(head)) return foreign;
  if (bears_token(head)) return {};
  const std::optional<std::string> token = token_of(head);
  if (!token) return json_message(401, "log in first");
  if (changes_something(head) && !equal_in_constant_time(head.header(kTokenHeader), *token))
    return json_message(403, "the token of the page is missing or old: load it again");
  return {};
}

bool DashboardAccess::bears_token(const HttpHead& head) const {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = head.header("Authorization");
  return authorization.starts_with(kBearer) &&
         options_.tokens.has_access_key(authorization.substr(kBearer.size()));
}

bool DashboardAccess::fits(std::string_view secret) const {
  return options_.tokens.has_access_key(secret) ||
         (!options_.password_hash.empty() && password_fits(secret, options_.password_hash));
}

std::optional<std::string> DashboardAccess::token_of(const HttpHead& head) {
  if (!needs_login()) return open_token_;
  const std::string_view id = session_cookie(head.header("Cookie"));
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto session = sessions_.find(std::string(id));
  if (session == sessions_.end() || session->second.until < Clock::now()) return {};
  return session->second.token;
}

std::string DashboardAccess::session_json(const HttpHead& head) {
  const std::optional<std::string> token = token_of(head);
  return std::string("{\"login\":") + (token ? "false" : "true") + ",\"token\":\"" + token.value_or("") +
         "\",\"can_log_out\":" + (token && needs_login() ? "true" : "false") + "}";
}

bool DashboardAccess::may_try_password() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Clock::now() - failures_since_ > kFailureTime) {
    failures_ = 0;
    failures_since_ = Clock::now();
  }
  return failures_ < kFailuresMax;
}

HttpReply DashboardAccess::log_in(std::string_view secret) {
  if (!has_secret())
    return json_message(403,
                        "the dashboard is closed: the service has no dashboard-password-hash or "
                        "dashboard-tokens");
  if (!may_try_password()) return json_message(429, "too many wrong passwords: wait a minute");
  const bool is_right = fits(secret);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!is_right) {
    ++failures_;
    return json_message(403, "this is not the password");
  }
  const Clock::time_point now = Clock::now();
  std::erase_if(sessions_, [now](const auto& session) { return session.second.until < now; });
  if (sessions_.size() >= kSessionsMax) {
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
      return a.second.until < b.second.until;
    }));
  }
  const std::string id = random_hex(kSecretSize);
  sessions_[id] = {random_hex(kSecretSize), now + kSessionTime};
  HttpReply reply = json_message(200, "welcome");
  reply.headers.push_back({"Set-Cookie", cookie(id, kSessionTime)});
  return reply;
}

HttpReply DashboardAccess::log_out(const HttpHead& head) {
  const std::lock_guard<std::mutex> lock(mutex_);
  sessions_.erase(std::string(session_cookie(head.header("Cookie"))));
  HttpReply reply = json_message(200, "good-bye");
  reply.headers.push_back({"Set-Cookie", cookie("", std::chrono::seconds(0))});
  return reply;
}

std::string DashboardAccess::cookie(const std::string& session, std::chrono::seconds age) const {
  return std::string(kCookie) + session +
         "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(age.count()) +
         (options_.is_tls ? "; Secure" : "");
}

}  // namespace querymark
