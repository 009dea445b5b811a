// SPDX-License-Identifier: Apache-2.0
#include "import/remote_source.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "aws/download.h"
#include "aws/s3_reader.h"
#include "aws/s3_uri.h"
#include "codec/gzip.h"

namespace querymark {
namespace {

constexpr size_t kMagicSize = 2;  // of gzip

class ObjectSource final : public ListSource {
 public:
  ObjectSource(const S3& s3, const S3Read& read, Deadline deadline)
      : name_(S3Uri{read.bucket, read.key}.text()), reader_(s3, read, deadline) {}

  // Looks at the beginning, which read_some() gives again.
  Result<void> begin() {
    head_.resize(kMagicSize);
    size_t size = 0;
    while (size < kMagicSize) {
      const Result<size_t> count = reader_.read_some(head_.data() + size, kMagicSize - size);
      if (!count) return named(count.error());
      if (*count == 0) break;
      size += *count;
    }
    head_.resize(size);
    if (!is_gzip(head_)) return {};
    gzip_.emplace([this](char* out, size_t room) { return read_object(out, room); }, name_,
                  std::exchange(head_, {}));
    return {};
  }

  const std::string& name() const override { return name_; }

  Result<size_t> read_some(char* out, size_t size) override {
    if (gzip_) return gzip_->read_some(out, size);
    if (head_.empty()) return read_object(out, size);
    const size_t count = std::min(size, head_.size());
    std::memcpy(out, head_.data(), count);
    head_.erase(0, count);
    return count;
  }

  std::optional<double> fraction_read() const override {
    if (reader_.size() == 0) return std::nullopt;
    return static_cast<double>(reader_.position()) / static_cast<double>(reader_.size());
  }

 private:
  Error named(const Error& error) const { return {error.code, name_ + ": " + error.detail}; }

  Result<size_t> read_object(char* out, size_t size) {
    Result<size_t> count = reader_.read_some(out, size);
    if (!count) return named(count.error());
    return count;
  }

  std::string name_;
  S3Reader reader_;
  std::string head_;
  std::optional<GzipReader> gzip_;
};

}  // namespace

Result<std::unique_ptr<ListSource>> open_list(const std::string& location, AwsAccess& aws) {
  if (is_web_url(location)) {
    Result<UniqueFd> file = download(aws.http(), location);
    if (!file) return file.error();
    return make_list_source(*std::move(file), location.substr(0, location.find('?')));
  }
  if (!S3Uri::is_one(location)) return open_list_file(location);
  const Result<S3Uri> uri = S3Uri::parse(location);
  if (!uri) return uri.error();
  if (uri->is_prefix()) return Error::invalid(location + ": s3://BUCKET/KEY is wanted");
  const Result<const S3*> s3 = aws.s3();
  if (!s3) return s3.error();
  return open_list_object(**s3, {.bucket = uri->bucket, .key = uri->key}, Deadline::never());
}

Result<std::unique_ptr<ListSource>> open_list_object(const S3& s3, const S3Read& read, Deadline deadline) {
  auto source = std::make_unique<ObjectSource>(s3, read, deadline);
  if (const Result<void> begun = source->begin(); !begun) return begun.error();
  return std::unique_ptr<ListSource>(std::move(source));
}

}  // namespace querymark
