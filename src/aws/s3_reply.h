// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/s3.h"

// Replies of S3, read from their XML and headers.
namespace querymark {

struct S3ListPage {
  std::vector<S3ListedObject> objects;
  std::string continuation;  // empty: the last page
};

// Keys are expected URL-encoded (encoding-type=url).
Result<S3ListPage> read_list_reply(std::string_view body);

// The text of one member of the root, which must be `root_name`. An <Error> in its place, which S3 sends even
// with status 200, becomes that error, kBusy where it may pass.
Result<std::string> read_s3_member(const HttpResponse& response, std::string_view root_name,
                                   std::string_view member, std::string_view operation);

// "bytes 5-9/10" → first 5, size 10.
struct S3ContentRange {
  uint64_t first = 0;
  uint64_t size = 0;
};
std::optional<S3ContentRange> parse_content_range(std::string_view text);

// The region in which S3 says that the bucket lies; empty where it says nothing usable.
std::string bucket_region(const HttpResponse& response);

}  // namespace querymark
