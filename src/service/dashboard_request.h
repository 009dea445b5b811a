// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "service/http_exchange.h"

namespace querymark {

// What a page asks for: a path below /api/, parameters, and a body where it sends one.
struct DashboardRequest {
  HttpHead head;
  std::string body;

  // The value of NAME=VALUE in the query, decoded; empty where it is not there.
  std::string parameter(std::string_view name) const;
  bool flag(std::string_view name) const { return parameter(name) == "1"; }
  // A whole number from 0 to `max`, or `otherwise` where it is not there.
  Result<unsigned> number(std::string_view name, unsigned otherwise, unsigned max) const;
};

// JSON, or why there is none.
using DashboardAnswer = Result<std::string>;

// The status that says the same as the error.
HttpReply error_reply(const Error& error);

}  // namespace querymark
