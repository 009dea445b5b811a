// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_service.h"
#include "aws/aws_session.h"

// S3: objects read and written as streams, listed and deleted.
//
//   Result<S3> s3 = S3::open(*session);
//   s3->get({"bucket", "lists/a.txt"}, sink, deadline);
//   s3->put("bucket", "logs/2026/a.gz", file.bytes(), {}, deadline);
//
// Buckets may lie in any region: the first answer says which, and it is remembered. They are addressed as
// host names, but in the path where the name holds a dot or the endpoint is the user's own. Threads may share
// one object.
namespace querymark {

inline constexpr size_t kS3PartSizeMin = size_t{5} << 20;  // but the last part
inline constexpr size_t kS3PartsMax = 10000;
inline constexpr uint64_t kS3PutSizeMax = uint64_t{5} << 30;

struct S3Read {
  std::string bucket;
  std::string key;
  std::string version_id{};        // empty: the newest
  uint64_t first = 0;              // from this byte on
  std::optional<uint64_t> last{};  // to this byte, itself included
  std::string if_match{};          // an ETag: kStale where the object has another
};

struct S3ObjectInfo {
  uint64_t size = 0;  // of the whole object
  std::string etag;   // with its quotes
  std::string version_id;
  std::string content_type;
  std::string content_encoding;
};

struct S3ListedObject {
  std::string key;
  uint64_t size = 0;
  std::string etag;
  std::string last_modified;  // ISO 8601
};

class S3Upload;

class S3 {
 public:
  static Result<S3> open(AwsSession& session, RetryPolicy policy = kS3Retries);

  // Hands the bytes to `sink` in order and without a gap: cut off in the middle, they are asked for again
  // from there, of the same object (by its ETag; kStale where it has been replaced). An object of no bytes
  // gives none.
  Result<S3ObjectInfo> get(const S3Read& read, const HttpSink& sink, Deadline deadline) const;

  // The body in memory is signed; one that is read piece by piece goes unsigned, TLS guards it. `headers`:
  // Content-Type, Content-Encoding, If-None-Match, x-amz-… Gives the ETag.
  Result<std::string> put(std::string_view bucket, std::string_view key, HttpBody body,
                          const HttpHeaders& headers, Deadline deadline) const;

  // For objects whose size is not known, or too large for one put.
  Result<S3Upload> begin_upload(std::string_view bucket, std::string_view key, const HttpHeaders& headers,
                                Deadline deadline) const;

  // Objects whose keys begin with `prefix` and come after `start_after`, in order of their UTF-8 bytes;
  // `on_object` ends it by an Error.
  using OnObject = std::function<Result<void>(const S3ListedObject&)>;
  Result<void> list(std::string_view bucket, std::string_view prefix, std::string_view start_after,
                    const OnObject& on_object, Deadline deadline) const;

  // What is not there counts as deleted.
  Result<void> remove(std::string_view bucket, std::string_view key, Deadline deadline) const;

 private:
  friend class S3Upload;
  class Caller;
  explicit S3(std::shared_ptr<Caller> caller) : caller_(std::move(caller)) {}
  std::shared_ptr<Caller> caller_;
};

// An object that is written part by part and appears whole with complete(). Dropped without it, the parts
// stay, paid for, until abort() or a rule of the bucket takes them away.
class S3Upload {
 public:
  // Parts have at least kS3PartSizeMin bytes, but the last. kLimit after kS3PartsMax.
  Result<void> add_part(std::string_view bytes, Deadline deadline);
  // Gives the ETag. REQUIRES: at least one part.
  Result<std::string> complete(Deadline deadline);
  Result<void> abort(Deadline deadline);

 private:
  friend class S3;
  S3Upload(std::shared_ptr<S3::Caller> caller, std::string_view bucket, std::string_view key,
           std::string upload_id);

  std::shared_ptr<S3::Caller> caller_;
  std::string bucket_;
  std::string key_;
  std::string upload_id_;
  std::vector<std::string> etags_;
};

}  // namespace querymark
