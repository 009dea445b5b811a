// SPDX-License-Identifier: Apache-2.0
#include "service/request_signature.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <vector>

#include "aws/digest.h"
#include "aws/sigv4.h"

namespace querymark {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256 ";
constexpr int kRefused = 400;  // as AWS's JSON services answer

// The Authorization header, taken apart.
struct Authorization {
  std::string access_key_id;
  std::string date;  // YYYYMMDD
  SigV4Scope scope;
  std::vector<std::string> signed_headers;
  std::string signature;
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

// The value of "Name=value" among parts separated by commas; empty where it is missing.
std::string_view find_part(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    if (part.starts_with(name) && part.substr(name.size()).starts_with('='))
      return part.substr(name.size() + 1);
  }
  return {};
}

std::optional<Authorization> parse_authorization(std::string_view text) {
  if (!text.starts_with(kAlgorithm)) return std::nullopt;
  text.remove_prefix(kAlgorithm.size());
  const std::vector<std::string> credential = split(find_part(text, "Credential"), '/');
  Authorization parsed;
  parsed.signed_headers = split(find_part(text, "SignedHeaders"), ';');
  parsed.signature = find_part(text, "Signature");
  if (credential.size() != 5 || credential[4] != "aws4_request" || parsed.signature.empty())
    return std::nullopt;
  parsed.access_key_id = credential[0];
  parsed.date = credential[1];
  parsed.scope = {credential[2], credential[3]};
  return parsed;
}

// "20150830T123600Z"
std::optional<SystemTime> parse_amz_date(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  std::string iso(text);
  for (const size_t dash : {4, 7}) iso.insert(dash, "-");
  for (const size_t colon : {13, 16}) iso.insert(colon, ":");
  return parse_iso8601(iso);
}

bool covers(const Authorization& authorization, std::string_view header) {
  const auto& names = authorization.signed_headers;
  return std::find(names.begin(), names.end(), header) != names.end();
}

}  // namespace

std::optional<ApiError> check_signature(const HttpHead& head, std::string_view body, std::string_view service,
                                        const AccessKeys& keys, SystemTime now) {
  const std::string_view header = head.header("authorization");
  if (header.empty())
    return ApiError{kRefused, "MissingAuthenticationTokenException", "Missing Authentication Token"};
  const std::optional<Authorization> authorization = parse_authorization(header);
  const std::string_view amz_date = head.header("x-amz-date");
  const std::optional<SystemTime> signed_at = parse_amz_date(amz_date);
  if (!authorization || !signed_at || !amz_date.starts_with(authorization->date) ||
      !covers(*authorization, "host") || !covers(*authorization, "x-amz-date"))
    return ApiError{
        kRefused, "IncompleteSignatureException",
        "Credential, SignedHeaders with host and x-amz-date, Signature and X-Amz-Date are needed"};
  const SigningKey* key = keys.find_signing_key(authorization->access_key_id);
  if (key == nullptr)
    return ApiError{kRefused, "UnrecognizedClientException",
                    "The security token included in the request is invalid."};
  if (authorization->scope.service != service)
    return ApiError{kRefused, "InvalidSignatureException",
                    "Credential should be scoped to correct service: '" + std::string(service) + "'."};
  if (*signed_at < now - kSignatureWindow || *signed_at > now + kSignatureWindow)
    return ApiError{kRefused, "InvalidSignatureException",
                    "Signature expired or not yet current: " + std::string(amz_date) + " is not within " +
                        std::to_string(kSignatureWindow.count()) + " minutes of " + format_amz_date(now)};
  const std::string payload_hash = to_hex(sha256(body));
  const SigV4Input input{
      head.method,  head.path, head.query,          head.headers, authorization->signed_headers,
      payload_hash, amz_date,  authorization->scope};
  const std::string expected = sigv4_signature(input, key->secret_access_key);
  if (expected.size() == authorization->signature.size() &&
      ::CRYPTO_memcmp(expected.data(), authorization->signature.data(), expected.size()) == 0)
    return std::nullopt;
  return ApiError{
      kRefused, "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS "
      "Secret Access Key and signing method."};
}

}  // namespace querymark
