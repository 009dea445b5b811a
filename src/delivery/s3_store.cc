// SPDX-License-Identifier: Apache-2.0
#include "delivery/s3_store.h"

#include <optional>
#include <utility>

#include "aws/s3.h"
#include "aws/s3_uri.h"
#include "base/byte_buffer.h"

namespace querymark {
namespace {

constexpr size_t kPartSize = size_t{8} << 20;
static_assert(kPartSize >= kS3PartSizeMin);
constexpr std::chrono::seconds kAbortTime(10);

class S3Writer final : public ObjectWriter {
 public:
  S3Writer(const S3& s3, std::string bucket, std::string key)
      : s3_(s3), bucket_(std::move(bucket)), key_(std::move(key)) {}
  // What cannot be aborted is the bucket's lifecycle rule's.
  ~S3Writer() override {
    if (upload_) static_cast<void>(upload_->abort(Deadline::after(kAbortTime)));
  }

  Result<void> append(std::string_view bytes, Deadline deadline) override {
    part_.append(bytes);
    if (part_.size() < kPartSize) return {};
    if (!upload_) {
      Result<S3Upload> begun = s3_.begin_upload(bucket_, key_, headers(), deadline);
      if (!begun) return begun.error();
      upload_ = *std::move(begun);
    }
    return add_part(deadline);
  }

  Result<void> commit(Deadline deadline) override {
    if (!upload_) {
      const Result<std::string> put = s3_.put(bucket_, key_, part_.view(), headers(), deadline);
      if (!put) return put.error();
      return {};
    }
    if (!part_.empty()) {
      if (Result<void> added = add_part(deadline); !added) return added;
    }
    const Result<std::string> completed = upload_->complete(deadline);
    if (!completed) return completed.error();
    upload_.reset();
    return {};
  }

 private:
  static HttpHeaders headers() { return {{"Content-Type", "application/octet-stream"}}; }

  Result<void> add_part(Deadline deadline) {
    Result<void> added = upload_->add_part(part_.view(), deadline);
    if (added) part_.clear();
    return added;
  }

  const S3& s3_;
  std::string bucket_;
  std::string key_;
  ByteBuffer part_;
  std::optional<S3Upload> upload_;
};

class S3Store final : public ObjectStore {
 public:
  // `place`: a prefix.
  S3Store(S3 s3, S3Uri place) : s3_(std::move(s3)), place_(std::move(place)) {}

  Result<std::unique_ptr<ObjectWriter>> create(const std::string& key, Deadline) override {
    return std::unique_ptr<ObjectWriter>(std::make_unique<S3Writer>(s3_, place_.bucket, place_.key + key));
  }
  std::string description() const override { return place_.text(); }

 private:
  S3 s3_;
  S3Uri place_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_s3_store(const std::string& uri, AwsSession& session) {
  Result<S3Uri> place = S3Uri::parse(uri);
  if (!place) return place.error();
  if (!place->is_prefix()) place->key += '/';
  Result<S3> s3 = S3::open(session);
  if (!s3) return s3.error();
  return std::unique_ptr<ObjectStore>(std::make_unique<S3Store>(*std::move(s3), *std::move(place)));
}

}  // namespace querymark
