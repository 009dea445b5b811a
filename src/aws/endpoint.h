// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "aws/profile_file.h"
#include "base/result.h"

// Where a service is asked and how requests to it are signed.
//
//   find_endpoint("dynamodb", "eu-west-1", …)   https://dynamodb.eu-west-1.amazonaws.com
//   with AWS_ENDPOINT_URL_DYNAMODB set          that URL, signed for eu-west-1 all the same
namespace querymark {

class Environment;

struct AwsPartition {
  std::string_view name;        // as in ARNs: "aws", "aws-cn", "aws-us-gov"
  std::string_view dns_suffix;  // "amazonaws.com"
};
AwsPartition partition_of(std::string_view region);

struct AwsEndpoint {
  HttpUrl url;
  std::string region;      // of the signature
  std::string service;     // of the signature, and AWS's own name of it
  bool is_custom = false;  // named by the user: nothing may be put before its host
};

// What decides, the strongest first: `endpoint_url` (from a flag), AWS_ENDPOINT_URL_<SERVICE>,
// AWS_ENDPOINT_URL, the profile's services, the profile's endpoint_url; then the region's own.
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS turns off all but the flag. REQUIRES: a region that is_region_name().
Result<AwsEndpoint> find_endpoint(std::string_view service, std::string_view region,
                                  const Environment& environment, const Profiles& profiles,
                                  std::string_view profile, std::string_view endpoint_url);

// The strongest first: `region` (from a flag), AWS_REGION, AWS_DEFAULT_REGION, the profile's. There is no
// default.
Result<std::string> find_region(const Environment& environment, const Profiles& profiles,
                                std::string_view profile, std::string_view region);

// Letters, digits and hyphens: it becomes part of a host name.
bool is_region_name(std::string_view text);

}  // namespace querymark
