// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials_source.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "aws/credential_process.h"
#include "aws/metadata_credentials.h"
#include "aws/sts.h"

namespace querymark {
namespace {

using Source = std::optional<CredentialsSource>;

CredentialsSource fixed(std::string name, Credentials credentials) {
  return {std::move(name),
          [credentials = std::move(credentials)](Deadline) -> Result<Credentials> { return credentials; }};
}

// Both keys, or none; `place` says where one is missing.
Result<Source> from_keys(const std::optional<std::string>& id, const std::optional<std::string>& secret,
                         const std::optional<std::string>& token, const std::string& place) {
  if (!id && !secret) return Source();
  if (!id || !secret) {
    return Error::invalid(place + ": " +
                          (id ? "access key without its secret" : "secret without its access key"));
  }
  return Source(fixed(place, {*id, *secret, token.value_or("")}));
}

Result<Source> from_environment(const Environment& environment) {
  return from_keys(environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY"),
                   environment.get("AWS_SESSION_TOKEN"), "environment");
}

AssumeRole role_of(const ProfileProperties* profile) {
  return {find_property(profile, "role_arn").value_or(""),
          find_property(profile, "role_session_name").value_or(""),
          find_property(profile, "external_id").value_or(""),
          find_property(profile, "duration_seconds").value_or("")};
}

// Looks through one profile and, for roles, the profiles that it builds upon.
class ProfileSearch {
 public:
  ProfileSearch(const CredentialsSettings& settings, HttpClient& http) : settings_(settings), http_(http) {}

  // A role of the profile's own, its keys, its process: in this order. A profile that another one names as
  // its source gives its keys before its role.
  Result<Source> find(const std::string& name) {
    const ProfileProperties* profile = settings_.profiles.find(name);
    const std::string place = "profile " + name;
    if (profile == nullptr) return Source();
    Result<Source> role = find_role(name, profile);
    if (!role || *role) return role;
    return find_static(place, profile);
  }

 private:
  Result<Source> find_static(const std::string& place, const ProfileProperties* profile) const {
    Result<Source> keys = from_keys(find_property(profile, "aws_access_key_id"),
                                    find_property(profile, "aws_secret_access_key"),
                                    find_property(profile, "aws_session_token"), place);
    if (!keys || *keys) return keys;
    if (const auto command = find_property(profile, "credential_process")) {
      return Source(CredentialsSource{
          place + ", credential_process",
          [command = *command](Deadline deadline) { return run_credential_process(command, deadline); }});
    }
    if (find_property(profile, "sso_session") || find_property(profile, "sso_start_url")) {
      return Error::unsupported(place +
                                ": single sign-on; use credential_process = aws configure export-credentials "
                                "--format process --profile " +
                                place.substr(8));
    }
    return Source();
  }

  Result<Source> find_role(const std::string& name, const ProfileProperties* profile) {
    const AssumeRole role = role_of(profile);
    if (role.role_arn.empty()) return Source();
    const std::string place = "profile " + name;
    if (find_property(profile, "mfa_serial"))
      return Error::unsupported(place + ": mfa_serial needs a person");
    const auto source_profile = find_property(profile, "source_profile");
    const auto credential_source = find_property(profile, "credential_source");
    const auto token_file = find_property(profile, "web_identity_token_file");
    if (source_profile && credential_source) {
      return Error::invalid(place + ": both source_profile and credential_source");
    }
    if (!source_profile && !credential_source) {
      if (!token_file)
        return Error::invalid(place + ": role_arn without source_profile or credential_source");
      return Source(web_identity(role, *token_file));
    }
    Result<CredentialsSource> base =
        source_profile ? find_base(name, *source_profile) : find_named(place, *credential_source);
    if (!base) return base.error();
    return Source(CredentialsSource{"AssumeRole " + role.role_arn,
                                    [role, base = *std::move(base), settings = settings_,
                                     &http = http_](Deadline deadline) -> Result<Credentials> {
                                      return assume_role(role, base, settings, http, deadline);
                                    }});
  }

  Result<CredentialsSource> find_base(const std::string& name, const std::string& source_profile) {
    const ProfileProperties* profile = settings_.profiles.find(source_profile);
    const std::string place = "profile " + source_profile;
    if (profile == nullptr)
      return Error::invalid("profile " + name + ": no " + place + ", its source_profile");
    Result<Source> found = find_static(place, profile);
    if (!found) return found.error();
    if (!*found && source_profile != name) {
      if (std::find(chain_.begin(), chain_.end(), source_profile) != chain_.end()) {
        return Error::invalid(place + ": source_profile leads back to itself");
      }
      chain_.push_back(source_profile);
      found = find_role(source_profile, profile);
      if (!found) return found.error();
    }
    if (!*found) return Error::invalid(place + ": no credentials for the profile " + name);
    return **std::move(found);
  }

  Result<CredentialsSource> find_named(const std::string& place, const std::string& credential_source) const {
    if (credential_source == "Environment") {
      Result<Source> found = from_environment(settings_.environment);
      if (!found) return found.error();
      if (!*found) return Error::invalid(place + ": credential_source Environment, but no AWS_ACCESS_KEY_ID");
      return **std::move(found);
    }
    if (credential_source == "EcsContainer") return container();
    if (credential_source == "Ec2InstanceMetadata") return instance();
    return Error::invalid(place + ": unknown credential_source " + credential_source);
  }

 public:
  CredentialsSource web_identity(const AssumeRole& role, const std::string& token_file) const {
    return {"web identity " + role.role_arn,
            [role, token_file, settings = settings_, &http = http_](Deadline deadline) {
              return assume_role_with_web_identity(role, token_file, settings, http, deadline);
            }};
  }
  CredentialsSource container() const {
    return {"container", [environment = settings_.environment, &http = http_](Deadline deadline) {
              return fetch_container_credentials(environment, http, deadline);
            }};
  }
  CredentialsSource instance() const {
    return {"instance", [environment = settings_.environment, &http = http_](Deadline deadline) {
              return fetch_instance_credentials(environment, http, deadline);
            }};
  }

 private:
  const CredentialsSettings& settings_;
  HttpClient& http_;
  std::vector<std::string> chain_;  // profiles that were entered for their role
};

}  // namespace

std::string profile_name(const Environment& environment, std::string_view by_flag) {
  if (!by_flag.empty()) return std::string(by_flag);
  return environment.get_or("AWS_PROFILE", environment.get_or("AWS_DEFAULT_PROFILE", "default"));
}

Result<CredentialsSource> find_credentials_source(const CredentialsSettings& settings, HttpClient& http) {
  const Environment& environment = settings.environment;
  const std::string name = profile_name(environment, settings.profile);
  const ProfileProperties* profile = settings.profiles.find(name);
  ProfileSearch search(settings, http);

  if (settings.profile.empty()) {
    Result<Source> found = from_environment(environment);
    if (!found) return found.error();
    if (*found) return **std::move(found);
  }
  if (profile == nullptr && name != "default") {
    return Error::invalid("no profile " + name + " in the AWS config or credentials file");
  }
  const auto token_file = environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto role_arn = environment.get("AWS_ROLE_ARN");
  const bool has_role =
      find_property(profile, "source_profile") || find_property(profile, "credential_source");
  if (!has_role && token_file && role_arn) {
    return search.web_identity({*role_arn, environment.get_or("AWS_ROLE_SESSION_NAME", ""), "", ""},
                               *token_file);
  }
  Result<Source> found = search.find(name);
  if (!found) return found.error();
  if (*found) return **std::move(found);
  if (has_container_credentials(environment)) return search.container();
  if (!environment.is_true("AWS_EC2_METADATA_DISABLED")) return search.instance();
  return Error{Errc::kDenied,
               "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"};
}

}  // namespace querymark
