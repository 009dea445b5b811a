// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace querymark {

// An object, or with a key that is empty or ends in "/" what lies below it, as people write it.
//
//   s3://lists/feeds/a b.txt   bucket "lists", key "feeds/a b.txt": nothing is encoded
struct S3Uri {
  std::string bucket;
  std::string key;

  static bool is_one(std::string_view text) { return text.starts_with("s3://"); }
  // kInvalid without a bucket.
  static Result<S3Uri> parse(std::string_view text);
  bool is_prefix() const { return key.empty() || key.ends_with('/'); }
  std::string text() const { return "s3://" + bucket + "/" + key; }
};

}  // namespace querymark
