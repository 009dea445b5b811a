// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_session.h"

namespace querymark {

Result<std::unique_ptr<AwsSession>> AwsSession::open(Environment environment, AwsOptions options) {
  Result<Profiles> profiles = Profiles::load(environment);
  if (!profiles) return profiles.error();
  CredentialsSettings settings{std::move(environment), *std::move(profiles), options.profile, ""};
  const std::string profile = profile_name(settings.environment, settings.profile);
  const Result<std::string> region =
      find_region(settings.environment, settings.profiles, profile, options.region);
  if (region) settings.region = *region;  // without one, what needs it will say so

  std::unique_ptr<AwsSession> session(new AwsSession(std::move(settings), std::move(options)));
  Result<CredentialsSource> source = find_credentials_source(session->settings_, session->http_);
  if (!source) return source.error();
  session->source_name_ = source->name;
  session->credentials_ = std::make_unique<CredentialsCache>(*std::move(source));
  return session;
}

Result<AwsService> AwsSession::service(std::string_view name, RetryPolicy policy, std::string_view region) {
  const std::string profile = profile_name(settings_.environment, settings_.profile);
  const Result<std::string> found = find_region(settings_.environment, settings_.profiles, profile,
                                                region.empty() ? std::string_view(options_.region) : region);
  if (!found) return found.error();
  Result<AwsEndpoint> endpoint =
      find_endpoint(name, *found, settings_.environment, settings_.profiles, profile, options_.endpoint_url);
  if (!endpoint) return endpoint.error();
  return AwsService({http_, credentials_.get(), clock_}, *std::move(endpoint), policy);
}

}  // namespace querymark
