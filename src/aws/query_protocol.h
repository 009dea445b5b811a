// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Requests of AWS's Query protocol (SNS, STS): a form, answered in XML.
//
//   query_body({{"Action", "Publish"}, {"Subject", "a b"}})   "Action=Publish&Subject=a+b"
namespace querymark {

inline constexpr std::string_view kQueryContentType = "application/x-www-form-urlencoded; charset=utf-8";

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

std::string query_body(const QueryParameters& parameters);

}  // namespace querymark
