// SPDX-License-Identifier: Apache-2.0
#include "aws/sts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "aws/http_client.h"
#include "aws/loopback_server.h"

namespace querymark {
namespace {

std::string reply_to(const std::string& action) {
  return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
         "Result><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S/+=</SecretAccessKey>"
         "<SessionToken>T</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></" +
         action + "Result></" + action + "Response>";
}

std::string line(const Result<Credentials>& credentials) {
  if (!credentials) return credentials.error().detail;
  return credentials->access_key_id + "|" + credentials->secret_access_key + "|" +
         credentials->session_token + "|" + format_amz_date(*credentials->expires_at);
}

class StsTest : public ::testing::Test {
 protected:
  CredentialsSettings settings(const LoopbackServer& server) {
    return {Environment(Environment::Variables{{"AWS_ENDPOINT_URL_STS", server.url()}}), Profiles(), "",
            "eu-west-1"};
  }
  HttpClient http_{Environment()};
  const CredentialsSource base_{"base", [](Deadline) -> Result<Credentials> {
                                  return Credentials{"BASE", "s", ""};
                                }};
};

TEST_F(StsTest, AssumeRoleIsSignedWithTheBase) {
  LoopbackServer server(
      [](const LoopbackRequest&) { return LoopbackReply::with(200, reply_to("AssumeRole")); });
  const AssumeRole role{"arn:aws:iam::123456789012:role/r", "me", "ext", "900"};
  EXPECT_EQ(line(assume_role(role, base_, settings(server), http_, Deadline::never())),
            "A|S/+=|T|20300101T000000Z");
  const LoopbackRequest request = server.requests().at(0);
  EXPECT_EQ(request.body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr&"
            "RoleSessionName=me&ExternalId=ext&DurationSeconds=900");
  EXPECT_NE(request.header("Authorization").find("Credential=BASE/"), std::string_view::npos);
  EXPECT_NE(request.header("Authorization").find("/eu-west-1/sts/aws4_request"), std::string_view::npos);
}

TEST_F(StsTest, WebIdentityIsUnsignedAndReadsItsTokenAnew) {
  LoopbackServer server(
      [](const LoopbackRequest&) { return LoopbackReply::with(200, reply_to("AssumeRoleWithWebIdentity")); });
  const std::string path =
      (std::filesystem::temp_directory_path() / ("sts_test." + std::to_string(::getpid()))).string();
  for (const char* token : {"first\n", "second\n"}) {
    std::ofstream(path) << token;
    EXPECT_EQ(line(assume_role_with_web_identity({"arn", "me", "", ""}, path, settings(server), http_,
                                                 Deadline::never())),
              "A|S/+=|T|20300101T000000Z");
  }
  std::filesystem::remove(path);
  EXPECT_EQ(server.requests().at(0).header("Authorization"), "");
  EXPECT_TRUE(server.requests().at(0).body.ends_with("&WebIdentityToken=first"));
  EXPECT_TRUE(server.requests().at(1).body.ends_with("&WebIdentityToken=second"));
}

TEST_F(StsTest, ErrorsAndDamagedRepliesAreErrors) {
  const struct {
    LoopbackReply reply;
    const char* expected;
  } cases[] = {
      {LoopbackReply::with(403,
                           "<ErrorResponse><Error><Code>AccessDenied</Code><Message>m</Message></Error>"
                           "<RequestId>R</RequestId></ErrorResponse>"),
       "STS AssumeRole: AccessDenied: m (HTTP 403, request R)"},
      {LoopbackReply::with(200, "<AssumeRoleResponse/>"), "STS AssumeRole: no credentials in the reply"},
      {LoopbackReply::with(200, "{}"), "STS AssumeRole: XML, byte 2: no root element"},
  };
  for (const auto& c : cases) {
    LoopbackServer server([&c](const LoopbackRequest&) { return c.reply; });
    EXPECT_EQ(line(assume_role({"arn", "me", "", ""}, base_, settings(server), http_, Deadline::never())),
              c.expected);
  }
}

}  // namespace
}  // namespace querymark
