// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_time.h"
#include "aws/http_message.h"

// AWS Signature Version 4: proves with a secret that never travels that a request is ours and unchanged.
//
//   sign(request, credentials, {"us-east-1", "dynamodb"}, to_hex(sha256(body)), now);
//
// adds X-Amz-Date, X-Amz-Security-Token (for temporary credentials), X-Amz-Content-Sha256 (S3) and
// Authorization. A server checks a request by computing sigv4_signature() itself. Cost: the SHA-256 of the
// body, which is the caller's, and about 5 µs.
//
// IMPLEMENTATION. Canonical request → string to sign → HMAC under a key derived from date, region and
// service. The path of S3 is signed as it is sent; that of other services is normalised and encoded once
// more.
namespace querymark {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;               // empty for long-term credentials
  std::optional<SystemTime> expires_at{};  // nothing: never
};

struct SigV4Scope {
  std::string region;
  std::string service;
};

// Stands for the hash of a body that is not signed. Over TLS only: there nobody else can change it.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

// Signs anew where it was signed before. `payload_hash`: the body's SHA-256 in hex, or kUnsignedPayload.
void sign(HttpRequest& request, const Credentials& credentials, const SigV4Scope& scope,
          std::string_view payload_hash, SystemTime now);

// What a signature covers.
struct SigV4Input {
  std::string_view method;
  std::string_view path;                           // as sent
  std::string_view query;                          // as sent
  const HttpHeaders& headers;                      // "host" among them
  const std::vector<std::string>& signed_headers;  // names in lower case, sorted
  std::string_view payload_hash;
  std::string_view amz_date;  // YYYYMMDDTHHMMSSZ
  const SigV4Scope& scope;
};

std::string sigv4_canonical_request(const SigV4Input& input);
std::string sigv4_string_to_sign(const SigV4Input& input);
// 64 hex digits.
std::string sigv4_signature(const SigV4Input& input, std::string_view secret_access_key);

}  // namespace querymark
