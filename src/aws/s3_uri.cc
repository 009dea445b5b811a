// SPDX-License-Identifier: Apache-2.0
#include "aws/s3_uri.h"

namespace querymark {

Result<S3Uri> S3Uri::parse(std::string_view text) {
  constexpr std::string_view kScheme = "s3://";
  const std::string_view rest = is_one(text) ? text.substr(kScheme.size()) : std::string_view();
  const std::string_view bucket = rest.substr(0, rest.find('/'));
  if (bucket.empty()) return Error::invalid(std::string(text) + ": s3://BUCKET/KEY is wanted");
  return S3Uri{std::string(bucket),
               std::string(rest.substr(bucket.size() == rest.size() ? rest.size() : bucket.size() + 1))};
}

}  // namespace querymark
