// SPDX-License-Identifier: Apache-2.0
#include "aws/endpoint.h"

#include <gtest/gtest.h>

#include "aws/environment.h"

namespace querymark {
namespace {

using Variables = Environment::Variables;

std::string url_of(const std::string& service, const std::string& region, const Variables& variables = {},
                   const std::string& config = "", const std::string& flag = "") {
  const Result<AwsEndpoint> endpoint =
      find_endpoint(service, region, Environment(variables), *Profiles::parse(config, ""), "default", flag);
  return endpoint ? endpoint->url.text() : endpoint.error().detail;
}

TEST(AwsEndpoint, EachPartitionHasItsOwnSuffix) {
  EXPECT_EQ(url_of("dynamodb", "us-east-1"), "https://dynamodb.us-east-1.amazonaws.com/");
  EXPECT_EQ(url_of("sns", "cn-north-1"), "https://sns.cn-north-1.amazonaws.com.cn/");
  EXPECT_EQ(url_of("firehose", "us-gov-west-1"), "https://firehose.us-gov-west-1.amazonaws.com/");
  EXPECT_EQ(url_of("s3", "us-isob-east-1"), "https://s3.us-isob-east-1.sc2s.sgov.gov/");
  EXPECT_EQ(url_of("s3", "us-iso-east-1"), "https://s3.us-iso-east-1.c2s.ic.gov/");
  EXPECT_EQ(partition_of("eu-west-1").name, "aws");
  EXPECT_EQ(partition_of("cn-northwest-1").name, "aws-cn");
  EXPECT_EQ(partition_of("us-gov-east-1").name, "aws-us-gov");
}

TEST(AwsEndpoint, TheStrongestSayDecides) {
  const std::string config =
      "[default]\nservices = s\nendpoint_url = http://profile\n[services s]\nsns =\n  endpoint_url = "
      "http://services\n";
  Variables variables;
  EXPECT_EQ(url_of("dynamodb", "r", variables, config), "http://profile/");
  EXPECT_EQ(url_of("sns", "r", variables, config), "http://services/");
  variables["AWS_ENDPOINT_URL"] = "http://all:8000/base";
  EXPECT_EQ(url_of("sns", "r", variables, config), "http://all:8000/base");
  variables["AWS_ENDPOINT_URL_SNS"] = "http://own";
  EXPECT_EQ(url_of("sns", "r", variables, config), "http://own/");
  EXPECT_EQ(url_of("dynamodb", "r", variables, config), "http://all:8000/base");
  EXPECT_EQ(url_of("sns", "r", variables, config, "http://flag"), "http://flag/");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "TRUE";
  EXPECT_EQ(url_of("sns", "r", variables, config), "https://sns.r.amazonaws.com/");
  EXPECT_EQ(url_of("sns", "r", variables, config, "http://flag"), "http://flag/");
}

TEST(AwsEndpoint, AnUnusableOneIsRefusedByName) {
  EXPECT_EQ(url_of("s3", "r", {}, "", "localhost:9000"),
            "endpoint of s3: not an absolute URL: localhost:9000");
  EXPECT_EQ(url_of("s3", "r", {}, "", "http://h/?x"), "endpoint of s3 has a query");
}

TEST(AwsRegion, TheStrongestSayDecides) {
  const Profiles profiles = *Profiles::parse("[default]\nregion = profile-1\n", "");
  Variables variables;
  const auto region = [&](std::string_view flag = "") {
    return *find_region(Environment(variables), profiles, "default", flag);
  };
  EXPECT_EQ(region(), "profile-1");
  variables["AWS_DEFAULT_REGION"] = "default-1";
  EXPECT_EQ(region(), "default-1");
  variables["AWS_REGION"] = "region-1";
  EXPECT_EQ(region(), "region-1");
  EXPECT_EQ(region("flag-1"), "flag-1");
}

TEST(AwsRegion, ThereIsNoDefault) {
  EXPECT_EQ(find_region(Environment(), Profiles(), "p", "").error().detail,
            "no AWS region: set AWS_REGION, or region in the profile p");
  for (const char* name : {"evil.com/", "us east", "US-EAST-1", "a@b"}) {
    EXPECT_FALSE(find_region(Environment(), Profiles(), "p", name)) << name;
  }
}

}  // namespace
}  // namespace querymark
