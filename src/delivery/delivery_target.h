// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/aws_access.h"
#include "delivery/object_name.h"
#include "delivery/object_store.h"

// Where delivered objects go and what they are called, as users say it.
namespace querymark {

struct DeliveryTarget {
  std::string store;  // dir:PATH, s3://BUCKET/PREFIX; empty: HOME/store
  std::string stream = "dns-query-logs";
  std::string prefix = "dns-query-logs/!{timestamp:yyyy/MM/dd/HH}/";
  std::string error_prefix = "delivery-failures/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/";
};

struct OpenedTarget {
  std::unique_ptr<ObjectStore> store;
  ObjectPrefix prefix;
  ObjectPrefix error_prefix;
};

// kInvalid names the part that means nothing. Nothing is written, and a bucket is not asked. `aws` must
// outlive the store.
Result<OpenedTarget> open_delivery_target(const DeliveryTarget& target, const std::string& home,
                                          AwsAccess& aws);

// The folder that a store's URI names, absolute; nothing where it is no folder.
std::optional<std::string> folder_of_store(const std::string& store, const std::string& home);

}  // namespace querymark
