// SPDX-License-Identifier: Apache-2.0
#include "aws/s3_address.h"

#include <algorithm>

#include "aws/uri_encoding.h"

namespace querymark {

static bool is_host_label(std::string_view bucket) {
  return bucket.size() >= 3 && bucket.size() <= 63 && std::all_of(bucket.begin(), bucket.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

HttpUrl s3_url(const AwsEndpoint& endpoint, std::string_view region, std::string_view bucket,
               std::string_view key) {
  HttpUrl url = endpoint.url;
  const std::string encoded_key = uri_encode(key, UriEncoding::kPath);
  if (!url.path.ends_with('/')) url.path += '/';
  if (!endpoint.is_custom) {
    const bool in_host = is_host_label(bucket);
    url.authority = in_host ? std::string(bucket) + ".s3." : "s3.";
    url.authority.append(region).append(".").append(partition_of(region).dns_suffix);
    if (in_host) {
      url.path += encoded_key;
      return url;
    }
  }
  url.path.append(uri_encode(bucket)).append(key.empty() ? "" : "/").append(encoded_key);
  return url;
}

}  // namespace querymark
