// SPDX-License-Identifier: Apache-2.0
#include "alert/file_sink.h"

#include <fcntl.h>

#include <cerrno>

#include "base/file.h"

namespace querymark {
namespace {

class FileSink final : public AlertSink {
 public:
  FileSink(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<void> send(std::string_view record) override {
    line_.assign(record);
    line_ += '\n';
    return write_all(fd_.get(), line_, path_);
  }

 private:
  UniqueFd fd_;
  std::string path_;
  std::string line_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> open_file_sink(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd) return Error::from_errno(errno, "open " + path);
  return std::unique_ptr<AlertSink>(std::make_unique<FileSink>(std::move(fd), path));
}

}  // namespace querymark
