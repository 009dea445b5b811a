// SPDX-License-Identifier: Apache-2.0
#include "import/list_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "aws/download.h"
#include "base/file.h"
#include "codec/gzip.h"

namespace querymark {
namespace {

constexpr size_t kMagicSize = 2;  // of gzip

class FileSource final : public ListSource {
 public:
  // fd < 0: standard input.
  FileSource(UniqueFd file, std::string name, uint64_t size)
      : file_(std::move(file)), name_(std::move(name)), size_(size) {}

  // Looks at the beginning, which read_some() gives again.
  Result<void> begin() {
    while (head_.size() < kMagicSize) {
      char bytes[kMagicSize];
      const Result<size_t> count = querymark::read_some(fd(), bytes, kMagicSize - head_.size(), name_);
      if (!count) return count.error();
      if (*count == 0) break;
      head_.append(bytes, *count);
    }
    if (is_gzip(head_)) gzip_.emplace(fd(), name_, head_);
    return {};
  }

  const std::string& name() const override { return name_; }

  Result<size_t> read_some(char* out, size_t size) override {
    if (gzip_) return gzip_->read_some(out, size);
    if (head_given_ < head_.size()) {
      const size_t count = std::min(size, head_.size() - head_given_);
      std::memcpy(out, head_.data() + head_given_, count);
      head_given_ += count;
      return count;
    }
    return querymark::read_some(fd(), out, size, name_);
  }

  std::optional<double> fraction_read() const override {
    const off_t at = ::lseek(fd(), 0, SEEK_CUR);
    if (at < 0 || size_ == 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(at) / static_cast<double>(size_));
  }

 private:
  int fd() const { return file_ ? file_.get() : STDIN_FILENO; }

  UniqueFd file_;
  std::string name_;
  uint64_t size_;  // of a regular file; else 0
  std::string head_;
  size_t head_given_ = 0;
  std::optional<GzipReader> gzip_;
};

}  // namespace

std::string list_name_of(const std::string& location) {
  if (location == "-") return "stdin";
  if (!is_web_url(location)) return std::filesystem::path(location).filename().string();
  // "https://lists.example.com/" has the host for a name.
  std::string_view path(location);
  path = path.substr(0, path.find_first_of("?#"));
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

Result<std::unique_ptr<ListSource>> open_list_file(const std::string& path) {
  if (path == "-") return make_list_source(UniqueFd(), "standard input");
  Result<UniqueFd> opened = open_for_reading(path);
  if (!opened) return opened.error();
  return make_list_source(*std::move(opened), path);
}

Result<std::unique_ptr<ListSource>> make_list_source(UniqueFd file, std::string name) {
  struct stat status {};
  if (::fstat(file ? file.get() : STDIN_FILENO, &status) != 0)
    return Error::from_errno(errno, "stat " + name);
  if (S_ISDIR(status.st_mode)) return Error::invalid(name + ": a folder, not a list");
  const uint64_t size = S_ISREG(status.st_mode) ? static_cast<uint64_t>(status.st_size) : 0;
  auto source = std::make_unique<FileSource>(std::move(file), std::move(name), size);
  if (const Result<void> begun = source->begin(); !begun) return begun.error();
  return std::unique_ptr<ListSource>(std::move(source));
}

}  // namespace querymark
