// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials_source.h"

#include <gtest/gtest.h>

#include "aws/http_client.h"

namespace querymark {
namespace {

using Variables = Environment::Variables;

class CredentialsSourceTest : public ::testing::Test {
 protected:
  // The name of the source that is chosen, or the error.
  std::string chosen(const Variables& variables, const std::string& config = "",
                     const std::string& credentials = "", const std::string& flag = "") {
    const Result<CredentialsSource> source = find(variables, config, credentials, flag);
    return source ? source->name : source.error().detail;
  }
  Result<CredentialsSource> find(const Variables& variables, const std::string& config = "",
                                 const std::string& credentials = "", const std::string& flag = "") {
    return find_credentials_source(
        {Environment(variables), *Profiles::parse(config, credentials), flag, "us-east-1"}, http_);
  }

  HttpClient http_{Environment()};
};

const Variables kKeys = {
    {"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}, {"AWS_SESSION_TOKEN", "T"}};
const std::string kStaticProfiles =
    "[default]\naws_access_key_id = D\naws_secret_access_key = DS\n[p]\naws_access_key_id = P\n"
    "aws_secret_access_key = PS\naws_session_token = PT\n";

TEST_F(CredentialsSourceTest, TheEnvironmentComesFirst) {
  EXPECT_EQ(chosen(kKeys, "", kStaticProfiles), "environment");
  const Credentials credentials = *find(kKeys)->fetch(Deadline::never());
  EXPECT_EQ(credentials.access_key_id + credentials.secret_access_key + credentials.session_token, "AST");
}

TEST_F(CredentialsSourceTest, AProfileByFlagComesBeforeTheEnvironmentAProfileByVariableDoesNot) {
  EXPECT_EQ(chosen(kKeys, "", kStaticProfiles, "p"), "profile p");
  Variables variables = kKeys;
  variables.emplace("AWS_PROFILE", "p");
  EXPECT_EQ(chosen(variables, "", kStaticProfiles), "environment");
  EXPECT_EQ(chosen({{"AWS_PROFILE", "p"}}, "", kStaticProfiles), "profile p");
  EXPECT_EQ(chosen({{"AWS_DEFAULT_PROFILE", "p"}}, "", kStaticProfiles), "profile p");
  EXPECT_EQ(chosen({}, "", kStaticProfiles), "profile default");
}

TEST_F(CredentialsSourceTest, TheOrderWithinAProfile) {
  const std::string process = "credential_process = /bin/true\n";
  const std::string role = "role_arn = arn:aws:iam::1:role/r\nsource_profile = default\n";
  EXPECT_EQ(chosen({}, "[default]\n" + process, kStaticProfiles), "profile default");
  EXPECT_EQ(chosen({}, "[default]\n" + process), "profile default, credential_process");
  EXPECT_EQ(chosen({}, "[default]\n" + role + process, kStaticProfiles), "AssumeRole arn:aws:iam::1:role/r");
}

TEST_F(CredentialsSourceTest, WebIdentityComesBetweenRolesAndKeys) {
  const Variables variables = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}, {"AWS_ROLE_ARN", "arn:env"}};
  EXPECT_EQ(chosen(variables, "", kStaticProfiles), "web identity arn:env");
  EXPECT_EQ(chosen(variables, "[default]\nrole_arn = arn:r\nsource_profile = default\n", kStaticProfiles),
            "AssumeRole arn:r");
  EXPECT_EQ(chosen({}, "[default]\nrole_arn = arn:r\nweb_identity_token_file = /t\n"), "web identity arn:r");
}

TEST_F(CredentialsSourceTest, ContainerAndInstanceComeLast) {
  const Variables container = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/"}};
  EXPECT_EQ(chosen(container), "container");
  EXPECT_EQ(chosen(container, "", kStaticProfiles), "profile default");
  EXPECT_EQ(chosen({}), "instance");
  EXPECT_EQ(chosen({{"AWS_EC2_METADATA_DISABLED", "true"}}),
            "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile");
}

TEST_F(CredentialsSourceTest, RolesMayBuildUponEachOther) {
  const std::string config =
      "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = p\n"
      "[profile c]\nrole_arn = arn:c\ncredential_source = Environment\n"
      "[profile d]\nrole_arn = arn:d\ncredential_source = Ec2InstanceMetadata\n";
  EXPECT_EQ(chosen({}, config, kStaticProfiles, "a"), "AssumeRole arn:a");
  EXPECT_EQ(chosen(kKeys, config, "", "c"), "AssumeRole arn:c");
  EXPECT_EQ(chosen({}, config, "", "d"), "AssumeRole arn:d");
}

TEST_F(CredentialsSourceTest, WhatCannotMeanAnythingIsNamed) {
  const struct {
    const char* properties;
    const char* expected;
  } cases[] = {
      {"aws_access_key_id = A\n", "profile p: access key without its secret"},
      {"aws_secret_access_key = A\n", "profile p: secret without its access key"},
      {"role_arn = r\n", "profile p: role_arn without source_profile or credential_source"},
      {"role_arn = r\nsource_profile = x\n", "profile p: no profile x, its source_profile"},
      {"role_arn = r\nsource_profile = p\n", "profile p: no credentials for the profile p"},
      {"role_arn = r\nsource_profile = q\n[profile q]\nrole_arn = s\nsource_profile = q2\n"
       "[profile q2]\nrole_arn = t\nsource_profile = q\n",
       "profile q: source_profile leads back to itself"},
      {"role_arn = r\ncredential_source = Moon\n", "profile p: unknown credential_source Moon"},
      {"role_arn = r\ncredential_source = Environment\n",
       "profile p: credential_source Environment, but no AWS_ACCESS_KEY_ID"},
      {"role_arn = r\nsource_profile = p\ncredential_source = Environment\n",
       "profile p: both source_profile and credential_source"},
      {"role_arn = r\nsource_profile = p\nmfa_serial = m\n", "profile p: mfa_serial needs a person"},
      {"sso_session = s\n",
       "profile p: single sign-on; use credential_process = aws configure export-credentials "
       "--format process --profile p"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(chosen({}, std::string("[profile p]\n") + c.properties, "", "p"), c.expected) << c.properties;
  }
  EXPECT_EQ(chosen({}, "", "", "x"), "no profile x in the AWS config or credentials file");
  EXPECT_EQ(chosen({{"AWS_ACCESS_KEY_ID", "A"}}), "environment: access key without its secret");
}

}  // namespace
}  // namespace querymark
