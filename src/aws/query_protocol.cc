// SPDX-License-Identifier: Apache-2.0
#include "aws/query_protocol.h"

#include "aws/uri_encoding.h"

namespace querymark {

// As forms are: a blank is "+".
static std::string encode(std::string_view text) {
  std::string out;
  for (;;) {
    const size_t blank = text.find(' ');
    out += uri_encode(text.substr(0, blank));
    if (blank == std::string_view::npos) return out;
    out += '+';
    text.remove_prefix(blank + 1);
  }
}

std::string query_body(const QueryParameters& parameters) {
  std::string body;
  for (const auto& [name, value] : parameters) {
    if (!body.empty()) body += '&';
    body.append(encode(name)).append("=").append(encode(value));
  }
  return body;
}

}  // namespace querymark
