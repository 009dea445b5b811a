// SPDX-License-Identifier: Apache-2.0
#include "alert/webhook_sink.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "alert/json_list.h"
#include "alert/match_record.h"
#include "aws/digest.h"
#include "codec/json_string.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kConnectTimeout = seconds(5);
// Of a reply, of which the status is all that counts.
constexpr size_t kReplySizeMax = size_t{64} << 10;
constexpr size_t kNameDigits = 8;

bool will_never_be_taken(int status) {
  return status == 400 || status == 413 || status == 422;
}

class WebhookSink final : public AlertSink {
 public:
  WebhookSink(std::string name, HttpUrl url, std::string secret, HttpClient& http)
      : AlertSink(std::move(name), 1), url_(std::move(url)), secret_(std::move(secret)), http_(http) {}

  AlertOutcome send(std::span<const Notification> notifications, Deadline deadline) override {
    AlertOutcome outcome;
    for (size_t i = 0; i < notifications.size(); ++i) {
      if (Result<void> posted = post(notifications[i], deadline, outcome.retry_after); !posted)
        outcome.failures.push_back({i, posted.error()});
    }
    return outcome;
  }

 private:
  Result<void> post(const Notification& notification, Deadline deadline, milliseconds& retry_after) {
    const SystemTime now = std::chrono::system_clock::now();
    const std::string body = webhook_body(notification);
    HttpRequest request;
    request.method = "POST";
    request.url = url_;
    request.headers = {{"Content-Type", "application/json"}, {"X-Querymark-Id", notification.id}};
    if (!secret_.empty())
      request.headers.push_back({"X-Querymark-Signature", webhook_signature(secret_, now, body)});
    request.body = std::string_view(body);

    bool is_taken = false;
    HttpOptions options;
    options.deadline = deadline;
    options.connect_timeout = kConnectTimeout;
    options.body_size_max = kReplySizeMax;
    options.on_head = [&is_taken](const HttpResponse&) -> Result<void> {
      is_taken = true;
      return {};
    };
    options.sink = [left = kReplySizeMax](std::string_view bytes) mutable -> Result<void> {
      if (bytes.size() > left) return Error::limit("long reply");
      left -= bytes.size();
      return {};
    };
    const Result<HttpResponse> response = http_.send(request, options);
    // Once a 2xx stands there, how the rest of the reply fares is of no matter.
    if (is_taken || (response && response->ok())) return {};
    if (!response) return failed_request(response.error());
    retry_after = parse_retry_after(response->header("Retry-After"), now);
    const Errc code = will_never_be_taken(response->status) ? Errc::kInvalid : Errc::kBusy;
    return Error{code, name() + " answered " + std::to_string(response->status)};
  }

  // Nothing that goes wrong on the way is the notification's fault. HttpClient names the path, we do not.
  Error failed_request(const Error& error) const {
    const std::string place = "POST " + url_.scheme + "://" + url_.authority + url_.path;
    const std::string_view detail = error.detail;
    const std::string_view what = detail.starts_with(place) ? detail.substr(place.size()) : ": no answer";
    return {Errc::kBusy, name() + std::string(what)};
  }

  HttpUrl url_;
  std::string secret_;
  HttpClient& http_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> open_webhook_sink(const std::string& url, const std::string& secret,
                                                     HttpClient& http) {
  Result<HttpUrl> parsed = HttpUrl::parse(url);
  if (!parsed) return parsed.error();
  std::string name =
      parsed->scheme + "://" + parsed->authority + "#" + to_hex(sha256(url)).substr(0, kNameDigits);
  return std::unique_ptr<AlertSink>(
      std::make_unique<WebhookSink>(std::move(name), *std::move(parsed), secret, http));
}

std::string webhook_body(const Notification& notification) {
  std::string body = "{\"type\":";
  append_json_string(to_string(notification.kind), body);
  body += ",\"id\":";
  append_json_string(notification.id, body);
  if (notification.kind != Notification::Kind::kMatch) return body + "," + notification.text.substr(1);
  for (const char* name : {"registered_domain", "entry"}) {
    body.append(",\"").append(name).append("\":");
    append_json_string(notification.attribute(name), body);
  }
  body += ",\"lists\":";
  append_json_list(notification.lists, body);
  return valid_utf8(body + ",\"record\":" + notification.text + "}");
}

std::string webhook_signature(std::string_view secret, SystemTime time, std::string_view body) {
  const std::string stamp =
      std::to_string(std::chrono::duration_cast<seconds>(time.time_since_epoch()).count());
  return "t=" + stamp + ",v1=" + to_hex(hmac_sha256(secret, stamp + "." + std::string(body)));
}

milliseconds parse_retry_after(std::string_view header, SystemTime now) {
  milliseconds wait{0};
  int64_t count = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), count);
  if (error == std::errc::result_out_of_range) {
    wait = kRetryAfterMax;
  } else if (error == std::errc() && end == header.data() + header.size()) {
    wait = seconds(std::min<int64_t>(count, std::chrono::duration_cast<seconds>(kRetryAfterMax).count()));
  } else if (const std::optional<SystemTime> date = parse_http_date(header)) {
    wait = std::chrono::duration_cast<milliseconds>(*date - now);
  }
  return std::clamp(wait, milliseconds(0), kRetryAfterMax);
}

}  // namespace querymark
