// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials_json.h"

#include <simdjson.h>

#include <string>

namespace querymark {

Result<Credentials> parse_credentials_json(std::string_view text, std::string_view what) {
  const std::string place(what);
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (text.empty() || parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) {
    return Error::corrupt(place + ": not JSON");
  }
  const auto field = [&document](std::string_view name) {
    std::string_view value;
    return document[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
  };
  const std::string code = field("Code");
  if (!code.empty() && code != "Success")
    return Error{Errc::kDenied, place + ": " + code + " " + field("Message")};
  int64_t version = 1;
  if (document["Version"].get(version) == simdjson::SUCCESS && version != 1) {
    return Error::unsupported(place + ": version " + std::to_string(version));
  }

  Credentials credentials{field("AccessKeyId"), field("SecretAccessKey"), field("Token")};
  if (credentials.session_token.empty()) credentials.session_token = field("SessionToken");
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return Error::corrupt(place + ": no AccessKeyId or SecretAccessKey");
  }
  if (const std::string expiration = field("Expiration"); !expiration.empty()) {
    credentials.expires_at = parse_iso8601(expiration);
    if (!credentials.expires_at) return Error::corrupt(place + ": Expiration is not a time");
  }
  return credentials;
}

}  // namespace querymark
