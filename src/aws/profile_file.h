// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// The two files that AWS's tools share, ~/.aws/config and ~/.aws/credentials, made into profiles.
//
//   [profile prod]                     profile "prod": region "eu-west-1", services "local"
//   region = eu-west-1
//   services = local                   services "local": dynamodb.endpoint_url "http://127.0.0.1:8000"
//   [services local]
//   dynamodb =
//     endpoint_url = http://127.0.0.1:8000
//
// Comments are lines that begin with "#" or ";", and what follows a blank and one of these. An indented line
// below an empty value is a property of that value.
namespace querymark {

class Environment;

// Names in lower case. Nested names are joined by a dot.
using ProfileProperties = std::map<std::string, std::string, std::less<>>;

// Sections by the text between the brackets, its blanks made single and its quotes taken away. A section or a
// property that comes twice: the later one wins. kInvalid, naming the line, for what is neither a section, a
// property nor a comment.
Result<std::map<std::string, ProfileProperties, std::less<>>> parse_profile_file(std::string_view text);

class Profiles {
 public:
  Profiles() = default;
  // Of the texts of the two files; where both have a property, the credentials file's wins.
  static Result<Profiles> parse(std::string_view config, std::string_view credentials);
  // From where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else HOME, say they are. A file that is not
  // there is empty.
  static Result<Profiles> load(const Environment& environment);

  // A profile's properties; nullptr where neither file knows it.
  const ProfileProperties* find(std::string_view profile) const;
  // What [services NAME] of the profile's property "services" says, or else the profile itself.
  std::optional<std::string> endpoint_url(std::string_view profile,
                                          std::string_view service_in_lower_case) const;

 private:
  std::map<std::string, ProfileProperties, std::less<>> profiles_;
  std::map<std::string, ProfileProperties, std::less<>> services_;
};

// The value; nothing where it is not there or empty.
std::optional<std::string> find_property(const ProfileProperties* properties, std::string_view name);

}  // namespace querymark
