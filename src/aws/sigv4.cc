// SPDX-License-Identifier: Apache-2.0
#include "aws/sigv4.h"

#include <algorithm>
#include <utility>

#include "aws/digest.h"
#include "aws/uri_encoding.h"

namespace querymark {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Proxies and tracers change these on the way.
constexpr std::string_view kNeverSigned[] = {"authorization", "expect", "transfer-encoding", "user-agent",
                                             "x-amzn-trace-id"};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Without empty and "." segments, ".." resolved; a "/" at the end stays.
std::string normalised_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    at = end + 1;
  }
  std::string result;
  for (const std::string_view segment : kept) result.append("/").append(segment);
  if (path.ends_with('/') || kept.empty()) result += '/';
  return result;
}

std::string canonical_path(const SigV4Input& input) {
  if (input.scope.service == "s3") return std::string(input.path);
  return uri_encode(normalised_path(input.path), UriEncoding::kPath);
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    if (parameter.empty()) continue;
    const size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    parameters.emplace_back(uri_encode(uri_decode(parameter.substr(0, equals))),
                            uri_encode(uri_decode(value)));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string result;
  for (const auto& [name, value] : parameters) {
    if (!result.empty()) result += '&';
    result.append(name).append("=").append(value);
  }
  return result;
}

// Runs of blanks are one blank, those at the ends go.
std::string canonical_value(std::string_view value) {
  std::string result;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

std::string joined(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) {
    if (!result.empty()) result += ';';
    result += name;
  }
  return result;
}

std::string credential_scope(const SigV4Input& input) {
  return std::string(input.amz_date.substr(0, 8)) + "/" + input.scope.region + "/" + input.scope.service +
         "/aws4_request";
}

std::vector<std::string> names_to_sign(const HttpHeaders& headers) {
  std::vector<std::string> names;
  for (const HttpHeader& header : headers) {
    std::string name = lower(header.name);
    if (std::find(std::begin(kNeverSigned), std::end(kNeverSigned), name) == std::end(kNeverSigned)) {
      names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void remove_header(HttpHeaders& headers, std::string_view name) {
  std::erase_if(headers, [name](const HttpHeader& header) { return lower(header.name) == name; });
}

}  // namespace

std::string sigv4_canonical_request(const SigV4Input& input) {
  std::string text =
      std::string(input.method) + "\n" + canonical_path(input) + "\n" + canonical_query(input.query) + "\n";
  for (const std::string& name : input.signed_headers) {
    char separator = ':';
    text += name;
    for (const HttpHeader& header : input.headers) {
      if (lower(header.name) != name) continue;
      text += separator;
      text += canonical_value(header.value);
      separator = ',';
    }
    text += '\n';
  }
  return text + "\n" + joined(input.signed_headers) + "\n" + std::string(input.payload_hash);
}

std::string sigv4_string_to_sign(const SigV4Input& input) {
  return std::string(kAlgorithm) + "\n" + std::string(input.amz_date) + "\n" + credential_scope(input) +
         "\n" + to_hex(sha256(sigv4_canonical_request(input)));
}

std::string sigv4_signature(const SigV4Input& input, std::string_view secret_access_key) {
  const std::string date_key =
      hmac_sha256("AWS4" + std::string(secret_access_key), input.amz_date.substr(0, 8));
  const std::string region_key = hmac_sha256(date_key, input.scope.region);
  const std::string service_key = hmac_sha256(region_key, input.scope.service);
  const std::string signing_key = hmac_sha256(service_key, "aws4_request");
  return to_hex(hmac_sha256(signing_key, sigv4_string_to_sign(input)));
}

void sign(HttpRequest& request, const Credentials& credentials, const SigV4Scope& scope,
          std::string_view payload_hash, SystemTime now) {
  const std::string amz_date = format_amz_date(now);
  HttpHeaders& headers = request.headers;
  for (const char* name :
       {"host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "authorization"}) {
    remove_header(headers, name);
  }
  headers.push_back({"Host", request.url.authority});
  headers.push_back({"X-Amz-Date", amz_date});
  if (!credentials.session_token.empty())
    headers.push_back({"X-Amz-Security-Token", credentials.session_token});
  if (scope.service == "s3") headers.push_back({"X-Amz-Content-Sha256", std::string(payload_hash)});

  const std::vector<std::string> names = names_to_sign(headers);
  const SigV4Input input{request.method, request.url.path, request.url.query, headers,
                         names,          payload_hash,     amz_date,          scope};
  headers.push_back(
      {"Authorization", std::string(kAlgorithm) + " Credential=" + credentials.access_key_id + "/" +
                            credential_scope(input) + ", SignedHeaders=" + joined(names) +
                            ", Signature=" + sigv4_signature(input, credentials.secret_access_key)});
}

}  // namespace querymark
