// SPDX-License-Identifier: Apache-2.0
#include "aws/metadata_credentials.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "aws/loopback_server.h"

namespace querymark {
namespace {

using Variables = Environment::Variables;

constexpr const char* kDocument =
    R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2030-01-01T00:00:00Z"})";

std::string line(const Result<Credentials>& credentials) {
  if (!credentials) return credentials.error().detail;
  return credentials->access_key_id + "|" + credentials->secret_access_key + "|" +
         credentials->session_token + "|" +
         (credentials->expires_at ? format_amz_date(*credentials->expires_at) : "never");
}

class MetadataCredentialsTest : public ::testing::Test {
 protected:
  std::string container(const Variables& variables) {
    return line(fetch_container_credentials(Environment(variables), http_, Deadline::never()));
  }
  std::string instance(const LoopbackServer& server) {
    const Variables variables = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()}};
    return line(fetch_instance_credentials(Environment(variables), http_, Deadline::never()));
  }
  HttpClient http_{Environment()};
};

TEST_F(MetadataCredentialsTest, ContainersAreAskedWithTheirToken) {
  LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::with(200, kDocument); });
  Variables variables = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/v1?x=1"},
                         {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer t"}};
  EXPECT_EQ(container(variables), "A|S|T|20300101T000000Z");
  EXPECT_EQ(server.requests().at(0).target, "/v1?x=1");
  EXPECT_EQ(server.requests().at(0).header("Authorization"), "Bearer t");

  const std::string path =
      (std::filesystem::temp_directory_path() / ("metadata_credentials_test." + std::to_string(::getpid())))
          .string();
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = path;
  for (const char* token : {"first\n", "second"}) {
    std::ofstream(path) << token;
    EXPECT_EQ(container(variables), "A|S|T|20300101T000000Z");
  }
  EXPECT_EQ(server.requests().at(1).header("Authorization"), "first");
  EXPECT_EQ(server.requests().at(2).header("Authorization"), "second");
  std::ofstream(path) << "two\nlines";
  EXPECT_EQ(container(variables), "container credentials: authorization token of two lines");
  std::filesystem::remove(path);
}

TEST_F(MetadataCredentialsTest, ContainersByHttpMustBeOnThisMachine) {
  for (const char* url :
       {"http://192.0.2.1/", "http://evil.com/", "http://127.0.0.1.evil.com/", "http://10.0.0.1/"}) {
    EXPECT_TRUE(container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}})
                    .starts_with("container credentials: http to a host that is not the machine's own"))
        << url;
  }
}

TEST_F(MetadataCredentialsTest, AContainersServerThatFailsIsAskedAgain) {
  LoopbackServer server([](const LoopbackRequest& request) {
    return request.number < 2 ? LoopbackReply::with(500, "") : LoopbackReply::with(200, kDocument);
  });
  EXPECT_EQ(container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url()}}), "A|S|T|20300101T000000Z");
}

TEST_F(MetadataCredentialsTest, InstancesAreAskedByVersionTwo) {
  LoopbackServer server([](const LoopbackRequest& request) {
    if (request.method == "PUT") return LoopbackReply::with(200, "TOKEN");
    if (request.header("X-aws-ec2-metadata-token") != "TOKEN") return LoopbackReply::with(401, "");
    return LoopbackReply::with(200, request.target.ends_with('/') ? "my-role" : kDocument);
  });
  EXPECT_EQ(instance(server), "A|S|T|20300101T000000Z");
  const std::vector<LoopbackRequest> requests = server.requests();
  EXPECT_EQ(requests.at(0).target, "/latest/api/token");
  EXPECT_EQ(requests.at(0).header("X-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(requests.at(2).target, "/latest/meta-data/iam/security-credentials/my-role");
}

TEST_F(MetadataCredentialsTest, WhatServersGiveInPlaceOfCredentialsIsAnError) {
  const struct {
    const char* document;
    const char* expected;
  } cases[] = {
      {"", "container credentials: not JSON"},
      {"<html>", "container credentials: not JSON"},
      {"{}", "container credentials: no AccessKeyId or SecretAccessKey"},
      {R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"m"})",
       "container credentials: AssumeRoleUnauthorizedAccess m"},
      {R"({"AccessKeyId":"A","SecretAccessKey":"SECRET","Expiration":"soon"})",
       "container credentials: Expiration is not a time"},
      {R"({"AccessKeyId":"A","SecretAccessKey":1})",
       "container credentials: no AccessKeyId or SecretAccessKey"},
  };
  for (const auto& c : cases) {
    LoopbackServer server([&c](const LoopbackRequest&) { return LoopbackReply::with(200, c.document); });
    EXPECT_EQ(container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url()}}), c.expected);
  }
  LoopbackServer no_v2([](const LoopbackRequest&) { return LoopbackReply::with(405, ""); });
  EXPECT_EQ(instance(no_v2), "instance metadata: HTTP 405");
  EXPECT_EQ(no_v2.requests().size(), 1u) << "there is no way back to version 1";
}

}  // namespace
}  // namespace querymark
