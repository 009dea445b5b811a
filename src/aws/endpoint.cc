// SPDX-License-Identifier: Apache-2.0
#include "aws/endpoint.h"

#include <algorithm>
#include <optional>

#include "aws/environment.h"

namespace querymark {
namespace {

constexpr struct {
  std::string_view region_prefix;
  AwsPartition partition;
} kPartitions[] = {
    {"cn-", {"aws-cn", "amazonaws.com.cn"}},       {"us-gov-", {"aws-us-gov", "amazonaws.com"}},
    {"eusc-", {"aws-eusc", "amazonaws.eu"}},       {"us-isob-", {"aws-iso-b", "sc2s.sgov.gov"}},
    {"us-isof-", {"aws-iso-f", "csp.hci.ic.gov"}}, {"us-iso-", {"aws-iso", "c2s.ic.gov"}},
    {"eu-isoe-", {"aws-iso-e", "cloud.adc-e.uk"}},
};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::optional<std::string> configured_url(std::string_view service, const Environment& environment,
                                          const Profiles& profiles, std::string_view profile) {
  const auto ignored = find_property(profiles.find(profile), "ignore_configured_endpoint_urls");
  if (environment.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") || ignored == "true") return std::nullopt;
  for (const std::string& variable :
       {"AWS_ENDPOINT_URL_" + upper(service), std::string("AWS_ENDPOINT_URL")}) {
    if (std::optional<std::string> url = environment.get(variable)) return url;
  }
  return profiles.endpoint_url(profile, service);
}

}  // namespace

AwsPartition partition_of(std::string_view region) {
  for (const auto& row : kPartitions) {
    if (region.starts_with(row.region_prefix)) return row.partition;
  }
  return {"aws", "amazonaws.com"};
}

Result<AwsEndpoint> find_endpoint(std::string_view service, std::string_view region,
                                  const Environment& environment, const Profiles& profiles,
                                  std::string_view profile, std::string_view endpoint_url) {
  AwsEndpoint endpoint;
  endpoint.region = region;
  endpoint.service = service;
  std::optional<std::string> custom;
  if (!endpoint_url.empty()) {
    custom = endpoint_url;
  } else {
    custom = configured_url(service, environment, profiles, profile);
  }
  if (custom) {
    Result<HttpUrl> url = HttpUrl::parse(*custom);
    if (!url) return Error::invalid("endpoint of " + std::string(service) + ": " + url.error().detail);
    if (!url->query.empty()) return Error::invalid("endpoint of " + std::string(service) + " has a query");
    endpoint.url = *std::move(url);
    endpoint.is_custom = true;
    return endpoint;
  }
  endpoint.url.scheme = "https";
  endpoint.url.authority =
      std::string(service) + "." + std::string(region) + "." + std::string(partition_of(region).dns_suffix);
  endpoint.url.path.push_back('/');
  return endpoint;
}

Result<std::string> find_region(const Environment& environment, const Profiles& profiles,
                                std::string_view profile, std::string_view region) {
  std::string found(region);
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (found.empty()) found = environment.get_or(variable, "");
  }
  if (found.empty()) found = find_property(profiles.find(profile), "region").value_or("");
  if (found.empty()) {
    return Error::invalid("no AWS region: set AWS_REGION, or region in the profile " + std::string(profile));
  }
  if (!is_region_name(found)) return Error::invalid("not the name of an AWS region: " + found.substr(0, 100));
  return found;
}

bool is_region_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace querymark
