// SPDX-License-Identifier: Apache-2.0
#include "aws/s3_address.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

std::string address(const char* endpoint_url, std::string_view region, std::string_view bucket,
                    std::string_view key) {
  AwsEndpoint endpoint;
  endpoint.is_custom = endpoint_url != nullptr;
  endpoint.url = *HttpUrl::parse(endpoint.is_custom ? endpoint_url : "https://s3.us-east-1.amazonaws.com/");
  return s3_url(endpoint, region, bucket, key).text();
}

TEST(S3Address, BucketsAreHostsButWhereTheirNameIsNoLabel) {
  const struct {
    const char* region;
    const char* bucket;
    const char* key;
    const char* expected;
  } cases[] = {
      {"eu-west-1", "logs", "a b/c", "https://logs.s3.eu-west-1.amazonaws.com/a%20b/c"},
      {"eu-west-1", "logs", "", "https://logs.s3.eu-west-1.amazonaws.com/"},
      {"eu-west-1", "my.logs", "k", "https://s3.eu-west-1.amazonaws.com/my.logs/k"},
      {"eu-west-1", "my.logs", "", "https://s3.eu-west-1.amazonaws.com/my.logs"},
      {"eu-west-1", "Old_Bucket", "k", "https://s3.eu-west-1.amazonaws.com/Old_Bucket/k"},
      {"cn-north-1", "logs", "k", "https://logs.s3.cn-north-1.amazonaws.com.cn/k"},
      {"us-gov-west-1", "logs", "k", "https://logs.s3.us-gov-west-1.amazonaws.com/k"},
      {"eu-west-1", "evil.com/", "k", "https://s3.eu-west-1.amazonaws.com/evil.com%2F/k"},
  };
  for (const auto& c : cases) EXPECT_EQ(address(nullptr, c.region, c.bucket, c.key), c.expected);
}

TEST(S3Address, AnEndpointOfTheUsersOwnHasThemInItsPath) {
  EXPECT_EQ(address("http://127.0.0.1:9000", "r", "logs", "k"), "http://127.0.0.1:9000/logs/k");
  EXPECT_EQ(address("http://127.0.0.1:9000/base", "r", "logs", "//k/../l"),
            "http://127.0.0.1:9000/base/logs///k/../l");
  EXPECT_EQ(address("http://h/", "r", "logs", ""), "http://h/logs");
}

}  // namespace
}  // namespace querymark
