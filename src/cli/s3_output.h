// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "aws/s3.h"
#include "aws/s3_uri.h"
#include "base/file.h"

namespace querymark {

// An object in S3 that is written through a descriptor and appears whole with commit(). What is written to
// the descriptor, a pipe, goes up in parts by a thread of its own; where that fails, the pipe is closed,
// writing to it gives kClosed, and failure() says why. Dropped without commit(), it takes the parts away
// again; killed, it leaves them to the bucket's rule for unfinished uploads. Memory: one part, 8 MiB, or 64
// MiB beyond 8 GB.
class S3Output {
 public:
  // `s3` must outlive the output.
  static Result<std::unique_ptr<S3Output>> open(const S3& s3, const S3Uri& uri);
  ~S3Output();

  int fd() const { return pipe_.get(); }
  Result<void> commit();
  // Ends the writing. Why the object could not be written.
  Result<void> failure();

 private:
  S3Output(const S3& s3, S3Uri uri, UniqueFd pipe, UniqueFd source);
  Result<void> upload();
  void close_and_wait();

  const S3& s3_;
  S3Uri uri_;
  UniqueFd pipe_;                     // where the caller writes
  UniqueFd source_;                   // where the thread reads
  std::atomic<bool> wanted_ = false;  // by commit()
  Result<void> status_;               // the thread's, once it has ended
  std::thread thread_;
};

}  // namespace querymark
