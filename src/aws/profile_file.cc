// SPDX-License-Identifier: Apache-2.0
#include "aws/profile_file.h"

#include <algorithm>

#include "aws/environment.h"
#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kProfileFileSizeMax = size_t{1} << 20;
constexpr std::string_view kBlanks = " \t\r";

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string_view without_comment(std::string_view value) {
  for (size_t at = value.find_first_of("#;"); at != std::string_view::npos;
       at = value.find_first_of("#;", at + 1)) {
    if (at == 0 || value[at - 1] == ' ' || value[at - 1] == '\t') return trim(value.substr(0, at));
  }
  return trim(value);
}

// "profile  "my name"" → "profile my name"
std::string section_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c == '"' || c == '\'') continue;
    const bool blank = c == ' ' || c == '\t';
    if (!blank) {
      name += c;
    } else if (!name.empty() && name.back() != ' ') {
      name += ' ';
    }
  }
  return std::string(trim(name));
}

Result<std::string> read_where_it_is(const std::string& path) {
  if (path.empty()) return std::string();
  Result<std::string> text = read_file(path, kProfileFileSizeMax);
  if (!text && text.error().code == Errc::kNotFound) return std::string();
  return text;
}

std::string path_of(const Environment& environment, std::string_view variable, std::string_view in_home) {
  const std::optional<std::string> home = environment.get("HOME");
  std::optional<std::string> path = environment.get(variable);
  if (!path) return home ? *home + "/.aws/" + std::string(in_home) : "";
  if (path->starts_with("~/") && home) path->replace(0, 1, *home);
  return *path;
}

}  // namespace

Result<std::map<std::string, ProfileProperties, std::less<>>> parse_profile_file(std::string_view text) {
  std::map<std::string, ProfileProperties, std::less<>> sections;
  ProfileProperties* section = nullptr;
  std::string parent;  // the property whose value was empty: indented lines are its own
  for (size_t number = 1; !text.empty(); ++number) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(whole.size() + 1, text.size()));
    const std::string_view line = trim(whole);
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
    const auto refuse = [number](const char* why) {
      return Error::invalid("line " + std::to_string(number) + ": " + why);
    };

    if (line.starts_with('[')) {
      const size_t end = line.find(']');
      if (end == std::string_view::npos) return refuse("section without a closing bracket");
      section = &sections[section_name(line.substr(1, end - 1))];
      parent.clear();
      continue;
    }
    const bool indented = whole.starts_with(' ') || whole.starts_with('\t');
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      if (indented) continue;  // a value that goes on: none that we read does
      return refuse("neither a section nor a property");
    }
    if (section == nullptr) return refuse("property before the first section");
    const std::string name = lower(trim(line.substr(0, equals)));
    const std::string_view value = without_comment(line.substr(equals + 1));
    if (indented && !parent.empty()) {
      (*section)[std::string(parent).append(".").append(name)] = value;
    } else {
      (*section)[name] = value;
      parent = value.empty() ? name : "";
    }
  }
  return sections;
}

Result<Profiles> Profiles::parse(std::string_view config, std::string_view credentials) {
  auto config_sections = parse_profile_file(config);
  if (!config_sections) return Error::invalid("AWS config file: " + config_sections.error().detail);
  auto credentials_sections = parse_profile_file(credentials);
  if (!credentials_sections) {
    return Error::invalid("AWS credentials file: " + credentials_sections.error().detail);
  }

  Profiles profiles;
  const auto add = [&profiles](const std::string& name, ProfileProperties& properties) {
    ProfileProperties& profile = profiles.profiles_[name];
    for (auto& [property, value] : properties) profile[property] = std::move(value);
  };
  for (auto& [name, properties] : *config_sections) {  // [default] before [profile default], which wins
    if (name == "default") {
      add(name, properties);
    } else if (name.starts_with("profile ")) {
      add(name.substr(8), properties);
    } else if (name.starts_with("services ")) {
      profiles.services_[name.substr(9)] = std::move(properties);
    }
  }
  for (auto& [name, properties] : *credentials_sections) add(name, properties);
  return profiles;
}

Result<Profiles> Profiles::load(const Environment& environment) {
  const Result<std::string> config = read_where_it_is(path_of(environment, "AWS_CONFIG_FILE", "config"));
  if (!config) return config.error();
  const Result<std::string> credentials =
      read_where_it_is(path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"));
  if (!credentials) return credentials.error();
  return parse(*config, *credentials);
}

const ProfileProperties* Profiles::find(std::string_view profile) const {
  const auto found = profiles_.find(profile);
  return found == profiles_.end() ? nullptr : &found->second;
}

std::optional<std::string> Profiles::endpoint_url(std::string_view profile,
                                                  std::string_view service_in_lower_case) const {
  const ProfileProperties* properties = find(profile);
  if (const std::optional<std::string> services = find_property(properties, "services")) {
    const auto section = services_.find(*services);
    if (section != services_.end()) {
      auto url = find_property(&section->second, std::string(service_in_lower_case) + ".endpoint_url");
      if (url) return url;
    }
  }
  return find_property(properties, "endpoint_url");
}

std::optional<std::string> find_property(const ProfileProperties* properties, std::string_view name) {
  if (properties == nullptr) return std::nullopt;
  const auto found = properties->find(name);
  if (found == properties->end() || found->second.empty()) return std::nullopt;
  return found->second;
}

}  // namespace querymark
