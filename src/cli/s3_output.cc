// SPDX-License-Identifier: Apache-2.0
#include "cli/s3_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace querymark {
namespace {

// Ten thousand parts hold 580 GB then.
constexpr size_t kSmallPartsMax = 1000;
constexpr size_t kSmallPartSize = size_t{8} << 20;
constexpr size_t kLargePartSize = size_t{64} << 20;
static_assert(kSmallPartSize >= kS3PartSizeMin);

// Reads up to `size` bytes, fewer only at the end.
Result<std::string> read_part(int fd, size_t size) {
  std::string part;
  part.resize(size);
  size_t filled = 0;
  while (filled < size) {
    const Result<size_t> count = read_some(fd, part.data() + filled, size - filled, "the output");
    if (!count) return count.error();
    if (*count == 0) break;
    filled += *count;
  }
  part.resize(filled);
  return part;
}

HttpHeaders headers_for(const S3Uri& uri) {
  return {{"Content-Type", uri.key.ends_with(".gz") ? "application/gzip" : "application/x-ndjson"}};
}

}  // namespace

Result<std::unique_ptr<S3Output>> S3Output::open(const S3& s3, const S3Uri& uri) {
  if (uri.is_prefix()) return Error::invalid(uri.text() + ": a prefix; name the object to be written");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, "make a pipe");
  return std::unique_ptr<S3Output>(new S3Output(s3, uri, UniqueFd(ends[1]), UniqueFd(ends[0])));
}

S3Output::S3Output(const S3& s3, S3Uri uri, UniqueFd pipe, UniqueFd source)
    : s3_(s3), uri_(std::move(uri)), pipe_(std::move(pipe)), source_(std::move(source)) {
  thread_ = std::thread([this] {
    status_ = upload();
    source_ = UniqueFd();
  });
}

S3Output::~S3Output() {
  close_and_wait();
}

void S3Output::close_and_wait() {
  pipe_ = UniqueFd();
  if (thread_.joinable()) thread_.join();
}

Result<void> S3Output::commit() {
  wanted_ = true;
  return failure();
}

Result<void> S3Output::failure() {
  close_and_wait();
  if (status_) return {};
  return Error{status_.error().code, uri_.text() + ": " + status_.error().detail};
}

Result<void> S3Output::upload() {
  std::optional<S3Upload> upload;
  const auto run = [&]() -> Result<void> {
    for (size_t parts = 0;; ++parts) {
      const size_t size = parts < kSmallPartsMax ? kSmallPartSize : kLargePartSize;
      const Result<std::string> part = read_part(source_.get(), size);
      if (!part) return part.error();
      const bool last = part->size() < size;
      if (last && !wanted_) return Error{Errc::kClosed, "not finished"};
      if (last && !upload) {
        const Result<std::string> put =
            s3_.put(uri_.bucket, uri_.key, std::string_view(*part), headers_for(uri_), Deadline::never());
        if (!put) return put.error();
        return {};
      }
      if (!upload) {
        Result<S3Upload> begun =
            s3_.begin_upload(uri_.bucket, uri_.key, headers_for(uri_), Deadline::never());
        if (!begun) return begun.error();
        upload = *std::move(begun);
      }
      if (!part->empty()) {
        if (Result<void> added = upload->add_part(*part, Deadline::never()); !added) return added;
      }
      if (!last) continue;
      const Result<std::string> completed = upload->complete(Deadline::never());
      if (!completed) return completed.error();
      return {};
    }
  };
  Result<void> done = run();
  // Best effort: the first error is what the caller hears.
  if (!done && upload) static_cast<void>(upload->abort(Deadline::never()));
  return done;
}

}  // namespace querymark
