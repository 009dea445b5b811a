// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "service/access_keys.h"
#include "service/http_exchange.h"

// Who may use the dashboard's interface. On a loopback address whoever reaches it, unless a password or tokens
// are set; elsewhere whoever has logged in with one of these, or a program that bears a token in each request;
// without either, nobody.
//
//   if (std::optional<HttpReply> refusal = access.refuse(head)) return *refusal;
//
// Other sites in the same browser stay out: the Host must be ours (no name that somebody else lets point
// here), a request that another site caused is refused by Origin and Sec-Fetch-Site, and what changes
// anything carries a token that only our own page can read, in the header X-Querymark-Token (no page of
// another site can send the header Authorization either, so who bears a token there needs none). Sessions live in
// memory for twelve hours, in a cookie that scripts cannot read and other sites cannot send. Threads: any
// number.
namespace querymark {

struct DashboardAccessOptions {
  bool is_loopback = true;    // the service listens on such an address only
  bool is_tls = false;        // cookies are sent over TLS only
  std::string password_hash;  // password_hash.h; empty: none is set
  AccessKeys tokens;          // each as good as the password
};

class DashboardAccess {
 public:
  explicit DashboardAccess(DashboardAccessOptions options);

  // Why this request is not answered, login aside: the sender is no page of ours.
  std::optional<HttpReply> refuse_foreign(const HttpHead& head) const;
  // Why this request is not answered: that, or it has not logged in, or it changes something without the
  // token.
  std::optional<HttpReply> refuse(const HttpHead& head);

  // {"login":true,"token":""} where one must log in first, {"login":false,"token":"…","can_log_out":true}
  std::string session_json(const HttpHead& head);
  // `secret`: the password or a token. Some 60 ms. 403 for a wrong one, 429 after too many of them.
  HttpReply log_in(std::string_view secret);
  HttpReply log_out(const HttpHead& head);

 private:
  using Clock = std::chrono::steady_clock;
  struct Session {
    std::string token;
    Clock::time_point until;
  };

  bool has_secret() const { return !options_.password_hash.empty() || !options_.tokens.is_open(); }
  bool needs_login() const { return has_secret() || !options_.is_loopback; }
  bool fits(std::string_view secret) const;
  bool bears_token(const HttpHead& head) const;
  // The token of who sent this; nothing where it has not logged in.
  std::optional<std::string> token_of(const HttpHead& head);
  bool may_try_password();
  std::string cookie(const std::string& session, std::chrono::seconds age) const;

  DashboardAccessOptions options_;
  std::string open_token_;  // of everybody, where nobody need log in
  std::mutex mutex_;        // guards what follows
  std::map<std::string, Session> sessions_;
  unsigned failures_ = 0;  // since failures_since_
  Clock::time_point failures_since_;
};

}  // namespace querymark
