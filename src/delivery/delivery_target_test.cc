// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery_target.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace querymark {
namespace {

// The store's description, or the error's text.
std::string open(const DeliveryTarget& target) {
  AwsAccess aws(Environment(Environment::Variables{{"AWS_REGION", "eu-west-1"}}));
  const Result<OpenedTarget> opened = open_delivery_target(target, "/home", aws);
  return opened ? opened->store->description() : opened.error().detail;
}

std::string open_store(const std::string& store) {
  DeliveryTarget target;
  target.store = store;
  return open(target);
}

TEST(DeliveryTarget, StoresAreFoldersAndBuckets) {
  EXPECT_EQ(open_store(""), "dir:/home/store");
  EXPECT_EQ(open_store("dir:/srv/logs"), "dir:/srv/logs");
  EXPECT_EQ(open_store("dir:logs"), "dir:" + std::filesystem::current_path().string() + "/logs");
  EXPECT_EQ(open_store("s3://bucket/some/where"), "s3://bucket/some/where/");
  for (const char* wrong : {"dir:", "logs", "ftp://x/", "file:/srv/logs"})
    EXPECT_EQ(open_store(wrong), "a store is dir:PATH or s3://BUCKET/PREFIX, not " + std::string(wrong));
}

TEST(DeliveryTarget, WhatMeansNothingIsNamed) {
  DeliveryTarget target;
  target.stream = "a stream";
  EXPECT_EQ(open(target).find("--stream a stream"), 0U);
  target = {};
  target.prefix = "!{timestamp:q}/";
  EXPECT_NE(open(target).find("q"), std::string::npos);
  target = {};
  target.error_prefix = "!{nothing}/";
  EXPECT_NE(open(target).find("nothing"), std::string::npos);
}

TEST(DeliveryTarget, AFolderIsWhatADashboardCanRead) {
  EXPECT_EQ(folder_of_store("", "/home"), "/home/store");
  EXPECT_EQ(folder_of_store("dir:/srv/logs", "/home"), "/srv/logs");
  EXPECT_EQ(folder_of_store("s3://bucket/", "/home"), std::nullopt);
}

}  // namespace
}  // namespace querymark
