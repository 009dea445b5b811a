// SPDX-License-Identifier: Apache-2.0
#include "cli/mark_inputs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "aws/s3_uri.h"
#include "mark/chunk_reader.h"

namespace querymark {
namespace {

constexpr Errc kSeenEnough = Errc::kClosed;  // ends a listing

// Its size; nothing where it has none to speak of (a pipe).
Result<std::optional<uint64_t>> look_at_file(const std::string& path) {
  if (path == "-") return std::optional<uint64_t>();
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Error::from_errno(errno, "open " + path);
  if (S_ISDIR(status.st_mode)) return Error::invalid(path + " is a folder; name the files in it");
  if (!S_ISREG(status.st_mode)) return std::optional<uint64_t>();
  if (const Result<UniqueFd> fd = open_for_reading(path); !fd) return fd.error();
  return std::optional<uint64_t>(static_cast<uint64_t>(status.st_size));
}

}  // namespace

Result<MarkInputs> MarkInputs::resolve(const std::vector<std::string>& paths, AwsAccess& aws) {
  MarkInputs inputs;
  bool sizes_known = true;
  const auto add = [&](const std::string& path, std::optional<uint64_t> size) {
    inputs.paths_.push_back(path);
    inputs.total_size_ += size.value_or(0);
    sizes_known &= size.has_value();
  };
  for (const std::string& path : paths) {
    if (!S3Uri::is_one(path)) {
      const Result<std::optional<uint64_t>> size = look_at_file(path);
      if (!size) return size.error();
      add(path, *size);
      continue;
    }
    const Result<S3Uri> uri = S3Uri::parse(path);
    if (!uri) return uri.error();
    const Result<const S3*> s3 = aws.s3();
    if (!s3) return s3.error();
    inputs.s3_ = *s3;
    bool found = false;
    // An object is looked for in the same way, so that a missing one is known before anything is written: it
    // is the first of those that begin with its key.
    const auto on_object = [&](const S3ListedObject& object) -> Result<void> {
      const bool is_input = uri->is_prefix() ? !object.key.ends_with('/') : object.key == uri->key;
      if (is_input) {
        found = true;
        add(S3Uri{uri->bucket, object.key}.text(), object.size);
      }
      return uri->is_prefix() ? Result<void>() : Error{kSeenEnough, ""};
    };
    const Result<void> listed = (*s3)->list(uri->bucket, uri->key, "", on_object, Deadline::never());
    if (!listed && listed.error().code != kSeenEnough)
      return Error{listed.error().code, path + ": " + listed.error().detail};
    if (!found) return Error{Errc::kNotFound, path + ": no such object"};
  }
  if (!sizes_known) inputs.total_size_ = 0;
  return inputs;
}

Result<UniqueFd> MarkInputs::open_next() {
  const std::string& path = paths_[next_];
  if (!S3Uri::is_one(path)) {
    ++next_;
    return open_input_file(path);
  }
  fetch_ahead();
  Result<UniqueFd> file = fetched_.get();
  ++next_;
  if (file) fetch_ahead();
  return file;
}

void MarkInputs::fetch_ahead() {
  if (fetched_.valid()) return;
  const auto object =
      std::find_if(paths_.begin() + static_cast<ptrdiff_t>(next_), paths_.end(), S3Uri::is_one);
  if (object == paths_.end()) return;
  fetched_ = std::async(std::launch::async, [this, path = *object] { return fetch(path); });
}

Result<UniqueFd> MarkInputs::fetch(const std::string& path) const {
  const Result<S3Uri> uri = S3Uri::parse(path);
  if (!uri) return uri.error();
  Result<UniqueFd> file = create_work_file();
  if (!file) return file.error();
  const HttpSink sink = [&](std::string_view bytes) {
    return write_all(file->get(), bytes, "the fetched object");
  };
  const Result<S3ObjectInfo> got =
      s3_->get({.bucket = uri->bucket, .key = uri->key}, sink, Deadline::never());
  if (!got) return Error{got.error().code, path + ": " + got.error().detail};
  if (::lseek(file->get(), 0, SEEK_SET) != 0) return Error::from_errno(errno, "read the fetched object");
  return file;
}

}  // namespace querymark
