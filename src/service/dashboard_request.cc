// SPDX-License-Identifier: Apache-2.0
#include "service/dashboard_request.h"

#include <algorithm>
#include <charconv>

#include "aws/uri_encoding.h"

namespace querymark {
namespace {

int status_of(Errc code) {
  switch (code) {
    case Errc::kInvalid:
    case Errc::kLimit:
    case Errc::kUnsupported:
      return 400;
    case Errc::kDenied:
      return 403;
    case Errc::kNotFound:
      return 404;
    case Errc::kBusy:
      return 503;
    default:
      return 500;
  }
}

}  // namespace

std::string DashboardRequest::parameter(std::string_view name) const {
  std::string_view rest = head.query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    const size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return uri_decode(pair.substr(std::min(equals + 1, pair.size())));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
  }
  return {};
}

Result<unsigned> DashboardRequest::number(std::string_view name, unsigned otherwise, unsigned max) const {
  const std::string text = parameter(name);
  if (text.empty()) return otherwise;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value <= max) return value;
  return Error::invalid(std::string(name) + ": a number from 0 to " + std::to_string(max) + " is wanted");
}

HttpReply error_reply(const Error& error) {
  return json_message(status_of(error.code), error.detail);
}

}  // namespace querymark
