// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "alert/alert_sink.h"
#include "aws/aws_time.h"
#include "aws/http_client.h"

// Notifications by HTTP, to a receiver of one's own.
//
//   POST /hook HTTP/1.1
//   Content-Type: application/json
//   X-Querymark-Id: 5f0c…-17                                     the same when it is sent again
//   X-Querymark-Signature: t=1767225600,v1=9b7e…                 where there is a secret
//
//   {"type":"match","id":"5f0c…-17","registered_domain":"evil.com","entry":"evil.com","lists":["ads"],
//    "record":{marked record}}
//   {"type":"digest","id":…, members of the digest}      {"type":"summary","id":…, members of the summary}
//
// Any 2xx is a delivery; 400, 413 and 422 say that this notification will never be taken; anything else may
// pass, at the time that Retry-After names. Redirects are not followed. docs/alerts.md shows how a receiver
// checks the signature.
namespace querymark {

// The environment's variable that holds the secret, which no command line may.
inline constexpr const char* kWebhookSecretVariable = "QUERYMARK_WEBHOOK_SECRET";
// No receiver holds us up longer.
inline constexpr std::chrono::milliseconds kRetryAfterMax = std::chrono::hours(1);

// kInvalid where `url` is none. The name, which others see, is scheme and host and a digest of the whole: a
// path is a secret with many receivers. `http` outlives the sink.
Result<std::unique_ptr<AlertSink>> open_webhook_sink(const std::string& url, const std::string& secret,
                                                     HttpClient& http);

// The body of its POST, UTF-8 whatever the record is.
std::string webhook_body(const Notification& notification);

// "t=<Unix seconds>,v1=<hex of HMAC-SHA256 by the secret of "<Unix seconds>.<body>">"
std::string webhook_signature(std::string_view secret, SystemTime time, std::string_view body);

// Of a Retry-After header, seconds or a date; 0 where it is neither, kRetryAfterMax at most.
std::chrono::milliseconds parse_retry_after(std::string_view header, SystemTime now);

}  // namespace querymark
