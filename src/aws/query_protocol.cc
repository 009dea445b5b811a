// SPDX-License-Identifier: Apache-2.0
#include "aws/query_protocol.h"

#include "aws/uri_encoding.h"

namespace querymark {

std::string query_body(const QueryParameters& parameters) {
  std::string body;
  for (const auto& [name, value] : parameters) {
    if (!body.empty()) body += '&';
    body.append(uri_encode(name)).append("=").append(uri_encode(value));
  }
  return body;
}

}  // namespace querymark
