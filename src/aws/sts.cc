// SPDX-License-Identifier: Apache-2.0
#include "aws/sts.h"

#include <optional>

#include "aws/aws_service.h"
#include "aws/query_protocol.h"
#include "aws/xml_reader.h"
#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kTokenSizeMax = size_t{64} << 10;

// Without a region, the service's global one.
Result<AwsEndpoint> sts_endpoint(const CredentialsSettings& settings) {
  const std::string region = settings.region.empty() ? "us-east-1" : settings.region;
  Result<AwsEndpoint> endpoint = find_endpoint("sts", region, settings.environment, settings.profiles,
                                               profile_name(settings.environment, settings.profile), "");
  if (endpoint && !endpoint->is_custom && settings.region.empty())
    endpoint->url.authority = "sts.amazonaws.com";
  return endpoint;
}

// Of <AssumeRole…Response><AssumeRole…Result><Credentials>.
Result<Credentials> read_credentials(const HttpResponse& response, const std::string& action) {
  const Result<XmlElement> root = parse_xml(response.body);
  if (!root) return Error::corrupt("STS " + action + ": " + root.error().detail);
  const XmlElement* result = root->child(action + "Result");
  const XmlElement* element = result == nullptr ? nullptr : result->child("Credentials");
  if (element == nullptr) return Error::corrupt("STS " + action + ": no credentials in the reply");
  Credentials credentials{
      std::string(element->text_of("AccessKeyId")), std::string(element->text_of("SecretAccessKey")),
      std::string(element->text_of("SessionToken")), parse_iso8601(element->text_of("Expiration"))};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() || !credentials.expires_at) {
    return Error::corrupt("STS " + action + ": no credentials in the reply");
  }
  return credentials;
}

Result<Credentials> ask_sts(const std::string& action, const AssumeRole& role, QueryParameters more,
                            CredentialsCache* signer, const CredentialsSettings& settings, HttpClient& http,
                            Deadline deadline) {
  const Result<AwsEndpoint> endpoint = sts_endpoint(settings);
  if (!endpoint) return endpoint.error();
  AwsClock clock;
  const AwsService service({http, signer, clock}, *endpoint, kOtherRetries);

  QueryParameters parameters = {{"Action", action}, {"Version", "2011-06-15"}, {"RoleArn", role.role_arn}};
  const std::string session_name =
      role.session_name.empty() ? "querymark-" + format_amz_date(clock.now()) : role.session_name;
  parameters.emplace_back("RoleSessionName", session_name);
  if (!role.external_id.empty()) parameters.emplace_back("ExternalId", role.external_id);
  if (!role.duration_seconds.empty()) parameters.emplace_back("DurationSeconds", role.duration_seconds);
  for (auto& parameter : more) parameters.push_back(std::move(parameter));

  const std::string operation = "STS " + action;
  const std::string body = query_body(parameters);
  AwsCall call;
  call.operation = operation;
  call.request.method = "POST";
  call.request.url = endpoint->url;
  call.request.headers = {{"Content-Type", std::string(kQueryContentType)}};
  call.request.body = std::string_view(body);
  call.read_error = read_xml_error;
  const Result<HttpResponse> response = service.call(std::move(call), deadline);
  if (!response) return response.error();
  return read_credentials(*response, action);
}

}  // namespace

Result<Credentials> assume_role(const AssumeRole& role, const CredentialsSource& base,
                                const CredentialsSettings& settings, HttpClient& http, Deadline deadline) {
  CredentialsCache signer(base);
  return ask_sts("AssumeRole", role, {}, &signer, settings, http, deadline);
}

Result<Credentials> assume_role_with_web_identity(const AssumeRole& role, const std::string& token_file,
                                                  const CredentialsSettings& settings, HttpClient& http,
                                                  Deadline deadline) {
  Result<std::string> token = read_file(token_file, kTokenSizeMax);
  if (!token) return token.error();
  while (token->ends_with('\n') || token->ends_with('\r')) token->pop_back();
  return ask_sts("AssumeRoleWithWebIdentity", role, {{"WebIdentityToken", *token}}, nullptr, settings, http,
                 deadline);
}

}  // namespace querymark
