// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "aws/aws_access.h"
#include "aws/s3.h"
#include "import/list_source.h"

// Lists from wherever they lie.
//
//   "feed.txt", "-"                          open_list_file
//   "https://lists.example.com/hosts.txt"    downloaded whole first; compressed on its way or not
//   "s3://lists/feeds/hosts.txt.gz"          read range by range
namespace querymark {

// `aws` must outlive the source.
Result<std::unique_ptr<ListSource>> open_list(const std::string& location, AwsAccess& aws);

// The object, gzip unpacked by its content. Nothing but its beginning is read yet. kNotFound, kDenied, and
// kStale where `read.if_match` does not hold. `s3` must outlive the source.
Result<std::unique_ptr<ListSource>> open_list_object(const S3& s3, const S3Read& read, Deadline deadline);

}  // namespace querymark
