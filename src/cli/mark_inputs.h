// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "aws/aws_access.h"
#include "base/file.h"
#include "base/result.h"

namespace querymark {

// What a run of `mark` reads: files, standard input ("-"), objects in S3 (s3://BUCKET/KEY), and all objects
// below a prefix (s3://BUCKET/PREFIX/), in the order of their keys. An object is fetched whole into an
// unnamed file while the input before it is being marked, so that none is marked in part because a connection
// broke.
class MarkInputs {
 public:
  // Lists what lies below prefixes. Before anything is written: a name typed wrong among many shall cost no
  // run. kNotFound below a prefix that holds nothing. `aws` must outlive the inputs.
  static Result<MarkInputs> resolve(const std::vector<std::string>& paths, AwsAccess& aws);

  // Each input by itself.
  const std::vector<std::string>& paths() const { return paths_; }
  // Of all of them together, in bytes; 0 where that is not known.
  uint64_t total_size() const { return total_size_; }

  // The next of paths(), open at its beginning. REQUIRES: called once for each, in their order.
  Result<UniqueFd> open_next();

 private:
  void fetch_ahead();
  Result<UniqueFd> fetch(const std::string& path) const;

  const S3* s3_ = nullptr;  // none where no input lies there
  std::vector<std::string> paths_;
  uint64_t total_size_ = 0;
  size_t next_ = 0;                        // of paths_, to be opened
  std::future<Result<UniqueFd>> fetched_;  // of the first object from next_ on
};

}  // namespace querymark
