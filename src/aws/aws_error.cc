// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_error.h"

#include <simdjson.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "aws/xml_reader.h"

namespace querymark {
namespace {

constexpr std::string_view kThrottles[] = {
    "BandwidthLimitExceeded",    "EC2ThrottledException",
    "KMSThrottlingException",    "LimitExceededException",
    "PriorRequestNotComplete",   "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",      "RequestThrottled",
    "RequestThrottledException", "SlowDown",
    "ThrottledException",        "Throttling",
    "ThrottlingException",       "TooManyRequestsException",
};
constexpr std::string_view kTransients[] = {
    "IDPCommunicationError",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "TransactionInProgressException",
};
constexpr std::string_view kClocks[] = {
    "InvalidSignatureException", "RequestExpired",        "RequestInTheFuture",
    "RequestTimeTooSkewed",      "SignatureDoesNotMatch",
};
constexpr std::string_view kExpiries[] = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"};
constexpr std::string_view kConditions[] = {"ConditionalCheckFailedException", "PreconditionFailed"};
constexpr std::string_view kTooLarge[] = {"EntityTooLarge", "RequestEntityTooLarge",
                                          "MaxMessageLengthExceeded"};

bool is_among(std::string_view code, std::span<const std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string_view request_id_of(const HttpResponse& response) {
  const std::string_view id = response.header("x-amzn-RequestId");
  return id.empty() ? response.header("x-amz-request-id") : id;
}

AwsError start(const HttpResponse& response) {
  return {response.status, "HTTP " + std::to_string(response.status), "",
          std::string(request_id_of(response))};
}

std::string_view text_of(const simdjson::dom::element& document, std::string_view name) {
  std::string_view text;
  if (document[name].get(text) != simdjson::SUCCESS) return {};
  return text;
}

}  // namespace

AwsError read_json_error(const HttpResponse& response) {
  AwsError error = start(response);
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(response.body).get(document) == simdjson::SUCCESS) {
    std::string_view type = text_of(document, "__type");
    type.remove_prefix(std::min(type.rfind('#') + 1, type.size()));
    if (!type.empty()) error.code = type;
    error.message = text_of(document, "message");
    if (error.message.empty()) error.message = text_of(document, "Message");
  }
  const std::string_view query_error = response.header("x-amzn-query-error");
  if (!query_error.empty()) error.code = query_error.substr(0, query_error.find(';'));
  return error;
}

AwsError read_xml_error(const HttpResponse& response) {
  AwsError error = start(response);
  const Result<XmlElement> root = parse_xml(response.body);
  if (!root) return error;
  const XmlElement* element = root->name == "Error" ? &*root : root->child("Error");
  if (element == nullptr) return error;
  if (const std::string_view code = element->text_of("Code"); !code.empty()) error.code = code;
  error.message = element->text_of("Message");
  if (error.request_id.empty()) {
    const std::string_view inner = element->text_of("RequestId");
    error.request_id = inner.empty() ? root->text_of("RequestId") : inner;
  }
  return error;
}

AwsErrorKind kind_of(const AwsError& error) {
  if (is_among(error.code, kThrottles) || error.status == 429) return AwsErrorKind::kThrottled;
  if (is_among(error.code, kTransients)) return AwsErrorKind::kTransient;
  if (is_among(error.code, kClocks)) return AwsErrorKind::kClock;
  if (is_among(error.code, kExpiries)) return AwsErrorKind::kExpired;
  switch (error.status) {
    case 500:
    case 502:
    case 503:
    case 504:
      return AwsErrorKind::kTransient;
    default:
      return AwsErrorKind::kPermanent;
  }
}

Error to_error(const AwsError& error, std::string_view operation) {
  Errc code = Errc::kInvalid;
  const AwsErrorKind kind = kind_of(error);
  if (kind == AwsErrorKind::kThrottled || kind == AwsErrorKind::kTransient) {
    code = Errc::kBusy;
  } else if (is_among(error.code, kConditions) || error.status == 412) {
    code = Errc::kStale;
  } else if (is_among(error.code, kTooLarge) || error.status == 413) {
    code = Errc::kLimit;
  } else if (error.status == 404 || error.code == "ResourceNotFoundException") {
    code = Errc::kNotFound;
  } else if (error.status == 401 || error.status == 403 || kind != AwsErrorKind::kPermanent ||
             error.code.starts_with("KMS") || error.code == "AccessDeniedException" ||
             error.code == "UnrecognizedClientException") {
    code = Errc::kDenied;
  }

  std::string detail = std::string(operation) + ": " + error.code;
  if (!error.message.empty()) detail += ": " + error.message;
  detail += " (HTTP " + std::to_string(error.status);
  if (!error.request_id.empty()) detail += ", request " + error.request_id;
  return {code, detail + ")"};
}

}  // namespace querymark
