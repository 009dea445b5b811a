// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "aws/aws_session.h"
#include "delivery/object_store.h"

namespace querymark {

// A bucket, or the part of it below a prefix: "s3://BUCKET", "s3://BUCKET/some/prefix/". What fits one part
// is one request, the rest is a multipart upload that is aborted where it fails. One that was killed leaves
// parts that are paid for: a lifecycle rule of the bucket should abort incomplete uploads after a day.
//
// Opening asks nobody; credentials are found as AWS's own tools find them. Memory: a part, some 8 MB, for
// each writer. The session must outlive the store. kInvalid where `uri` is none of these.
Result<std::unique_ptr<ObjectStore>> open_s3_store(const std::string& uri, AwsSession& session);

}  // namespace querymark
