// SPDX-License-Identifier: Apache-2.0
#include "lambda/stream_processor_settings.h"

#include <gtest/gtest.h>

#include <string>

namespace querymark {
namespace {

Result<StreamProcessorSettings> read(Environment::Variables variables) {
  variables.try_emplace("INTERESTING_DOMAINS_TABLE", "t");
  return read_stream_processor_settings(Environment(std::move(variables)));
}

std::string failure(const Environment::Variables& variables) {
  const Result<StreamProcessorSettings> settings = read(variables);
  return settings ? "none" : settings.error().detail;
}

TEST(StreamProcessorSettings, DefaultsAreTheTemplates) {
  const Result<StreamProcessorSettings> settings = read({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->table, "t");
  EXPECT_EQ(settings->notify, Notify::kOff);
  EXPECT_EQ(settings->match, MatchMode::kRegistered);
  EXPECT_FALSE(settings->annotate);
  EXPECT_EQ(settings->cache_lifetime.count(), 60);
}

TEST(StreamProcessorSettings, AllOfThemAreRead) {
  const Result<StreamProcessorSettings> settings = read({{"SNS_ON", "Y"},
                                                         {"SNS_TOPIC", "arn"},
                                                         {"MATCH", "listed"},
                                                         {"ANNOTATE", "Y"},
                                                         {"NOTIFY", "digest"},
                                                         {"CACHE_SECONDS", "0"},
                                                         {"AWS_LAMBDA_FUNCTION_NAME", "f"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->notify, Notify::kDigest);
  EXPECT_EQ(settings->topic_arn, "arn");
  EXPECT_EQ(settings->match, MatchMode::kListed);
  EXPECT_TRUE(settings->annotate);
  EXPECT_EQ(settings->cache_lifetime.count(), 0);
  EXPECT_EQ(settings->function_name, "f");
}

TEST(StreamProcessorSettings, SnsIsOnForYAlone) {
  EXPECT_EQ(read({{"SNS_ON", "Y"}, {"SNS_TOPIC", "arn"}})->notify, Notify::kEach);
  for (const char* off : {"N", "", "y", "yes"}) {
    EXPECT_EQ(read({{"SNS_ON", off}, {"SNS_TOPIC", "arn"}})->notify, Notify::kOff) << off;
  }
}

TEST(StreamProcessorSettings, WrongValuesAreNamed) {
  EXPECT_EQ(failure({{"INTERESTING_DOMAINS_TABLE", ""}}), "INTERESTING_DOMAINS_TABLE is not set");
  EXPECT_EQ(failure({{"SNS_ON", "Y"}}), "SNS_ON is Y, and SNS_TOPIC is not set");
  EXPECT_EQ(failure({{"MATCH", "exact"}}), "MATCH is \"exact\", not registered or listed");
  EXPECT_EQ(failure({{"ANNOTATE", "yes"}}), "ANNOTATE is \"yes\", not Y or N");
  EXPECT_EQ(failure({{"NOTIFY", "all"}}), "NOTIFY is \"all\", not each or digest");
  for (const char* seconds : {"-1", "86401", "1h", "1.5", " 1", "99999999999999999999"}) {
    EXPECT_EQ(failure({{"CACHE_SECONDS", seconds}}),
              std::string("CACHE_SECONDS is \"") + seconds + "\", not a number from 0 to 86400");
  }
}

}  // namespace
}  // namespace querymark
