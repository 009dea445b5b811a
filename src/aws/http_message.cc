// SPDX-License-Identifier: Apache-2.0
#include "aws/http_message.h"

#include <strings.h>

#include <algorithm>

namespace querymark {

static void to_lower(std::string& text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

std::string_view find_header(const HttpHeaders& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const HttpHeader& header) {
    return header.name.size() == name.size() &&
           ::strncasecmp(header.name.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

Result<HttpUrl> HttpUrl::parse(std::string_view text) {
  const auto refuse = [text](const char* why) {
    return Error::invalid(std::string(why) + ": " + std::string(text.substr(0, 200)));
  };
  HttpUrl url;
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return refuse("not an absolute URL");
  url.scheme = text.substr(0, scheme_end);
  to_lower(url.scheme);
  if (url.scheme != "http" && url.scheme != "https") return refuse("not an http or https URL");
  if (text.find_first_of(std::string_view("\0\t\n\r #", 6)) != std::string_view::npos) {
    return refuse("URL with a blank, a control character or a fragment");
  }

  std::string_view rest = text.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos) return Error::invalid("URL with user information");
  url.authority = authority;
  to_lower(url.authority);
  const std::string_view default_port = url.scheme == "http" ? ":80" : ":443";
  if (url.authority.ends_with(default_port)) {
    url.authority.erase(url.authority.size() - default_port.size());
  }
  if (url.host().empty()) return refuse("URL without a host");

  const size_t question = rest.find('?');
  url.path = rest.substr(0, question);
  if (url.path.empty()) url.path.push_back('/');
  if (question != std::string_view::npos) url.query = rest.substr(question + 1);
  return url;
}

std::string HttpUrl::text() const {
  return scheme + "://" + authority + path + (query.empty() ? "" : "?" + query);
}

std::string_view HttpUrl::host() const {
  const std::string_view whole = authority;
  if (whole.starts_with('[')) return whole.substr(1, whole.find(']') - 1);
  return whole.substr(0, whole.rfind(':'));
}

}  // namespace querymark
