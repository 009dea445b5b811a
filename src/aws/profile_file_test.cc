// SPDX-License-Identifier: Apache-2.0
#include "aws/profile_file.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

// "section: name=value …" for each section.
std::string parsed(std::string_view text) {
  const auto sections = parse_profile_file(text);
  if (!sections) return sections.error().detail;
  std::string lines;
  for (const auto& [section, properties] : *sections) {
    lines += section + ":";
    for (const auto& [name, value] : properties) lines.append(" ").append(name).append("=").append(value);
    lines += "\n";
  }
  return lines;
}

TEST(ProfileFile, HoldsSectionsOfProperties) {
  const struct {
    const char* name;
    const char* text;
    const char* expected;
  } cases[] = {
      {"empty", "", ""},
      {"plain", "[default]\nregion = eu-west-1\n", "default: region=eu-west-1\n"},
      {"no blanks", "[default]\nregion=eu-west-1", "default: region=eu-west-1\n"},
      {"value with =", "[a]\naws_session_token = abc==\n", "a: aws_session_token=abc==\n"},
      {"comments", "# x\n; y\n[a] # z\nk = v # c\nl = v;w\nm = v ;w\n", "a: k=v l=v;w m=v\n"},
      {"carriage returns", "[a]\r\nk = v\r\n", "a: k=v\n"},
      {"names in capitals", "[a]\nRegion = Us\n", "a: region=Us\n"},
      {"blanks in the name", "[ profile\t  my name ]\nk=v\n", "profile my name: k=v\n"},
      {"quotes in the name", "[profile \"my name\"]\nk=v\n", "profile my name: k=v\n"},
      {"nested", "[a]\ns3 =\n  max = 1\n\n  style = path\nregion = x\n",
       "a: region=x s3= s3.max=1 s3.style=path\n"},
      {"indented property", "[a]\n  k = v\n  l = w\n", "a: k=v l=w\n"},
      {"value that goes on", "[a]\nk = v\n  more text\nl = w\n", "a: k=v l=w\n"},
      {"twice", "[a]\nk = 1\nk = 2\n[b]\n[a]\nl = 3\n", "a: k=2 l=3\nb:\n"},
      {"empty value", "[a]\nk =\n", "a: k=\n"},
  };
  for (const auto& c : cases) EXPECT_EQ(parsed(c.text), c.expected) << c.name;
}

TEST(ProfileFile, WhatCannotBeReadIsNamedByItsLine) {
  EXPECT_EQ(parsed("[a\n"), "line 1: section without a closing bracket");
  EXPECT_EQ(parsed("\nk = v\n"), "line 2: property before the first section");
  EXPECT_EQ(parsed("[a]\nk = v\nwords\n"), "line 3: neither a section nor a property");
  EXPECT_EQ(Profiles::parse("", "[a]\nsecret words\n").error().detail,
            "AWS credentials file: line 2: neither a section nor a property");
}

TEST(Profiles, AreJoinedFromTheTwoFiles) {
  const Result<Profiles> profiles = Profiles::parse(
      "[default]\nregion = a\noutput = json\n[profile default]\nregion = b\n[profile p]\nregion = c\n"
      "aws_access_key_id = config\n[q]\nregion = d\n",
      "[p]\naws_access_key_id = credentials\n[profile r]\nk = v\n");
  ASSERT_TRUE(profiles);
  EXPECT_EQ(find_property(profiles->find("default"), "region"), "b");
  EXPECT_EQ(find_property(profiles->find("default"), "output"), "json");
  EXPECT_EQ(find_property(profiles->find("p"), "region"), "c");
  EXPECT_EQ(find_property(profiles->find("p"), "aws_access_key_id"), "credentials");
  EXPECT_EQ(profiles->find("q"), nullptr) << "the config file's sections need the word profile";
  EXPECT_EQ(profiles->find("r"), nullptr) << "the credentials file's need none";
}

TEST(Profiles, EndpointsComeFromServicesBeforeTheProfile) {
  const Result<Profiles> profiles = Profiles::parse(
      "[profile p]\nservices = s\nendpoint_url = http://all\n"
      "[services s]\ndynamodb =\n  endpoint_url = http://dynamodb\n",
      "");
  ASSERT_TRUE(profiles);
  EXPECT_EQ(profiles->endpoint_url("p", "dynamodb"), "http://dynamodb");
  EXPECT_EQ(profiles->endpoint_url("p", "sns"), "http://all");
  EXPECT_EQ(profiles->endpoint_url("unknown", "sns"), std::nullopt);
}

}  // namespace
}  // namespace querymark
