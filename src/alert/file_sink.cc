// SPDX-License-Identifier: Apache-2.0
#include "alert/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kBatchMax = 100;

class FileSink final : public AlertSink {
 public:
  explicit FileSink(const std::string& path) : AlertSink("file:" + path, kBatchMax), path_(path) {}

  // Opens the file where that has not been done, or where the path leads to another one now.
  Result<void> open() {
    struct stat at_path {};
    struct stat ours {};
    if (fd_ && ::stat(path_.c_str(), &at_path) == 0 && ::fstat(fd_.get(), &ours) == 0 &&
        at_path.st_dev == ours.st_dev && at_path.st_ino == ours.st_ino)
      return {};
    fd_ = UniqueFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!fd_) return Error::from_errno(errno, "open " + path_);
    return {};
  }

  AlertOutcome send(std::span<const Notification> notifications, Deadline) override {
    AlertOutcome outcome;
    Result<void> written = open();
    for (size_t i = 0; i < notifications.size(); ++i) {
      if (written) written = write(notifications[i].text);
      if (!written) outcome.failures.push_back({i, written.error()});
    }
    return outcome;
  }

  Result<void> sync() override {
    // Pipes and terminals have nothing to sync.
    if (fd_ && ::fdatasync(fd_.get()) != 0 && errno != EINVAL && errno != EROFS)
      return Error::from_errno(errno, "sync " + path_);
    return {};
  }

 private:
  Result<void> write(const std::string& text) {
    line_.assign(is_torn_ ? 1 : 0, '\n');
    line_ += text;
    line_ += '\n';
    Result<void> written = write_all(fd_.get(), line_, path_);
    is_torn_ = !written;
    return written;
  }

  std::string path_;
  UniqueFd fd_;
  std::string line_;
  bool is_torn_ = false;  // the last line may stand there in part
};

}  // namespace

Result<std::unique_ptr<AlertSink>> open_file_sink(const std::string& path) {
  auto sink = std::make_unique<FileSink>(path);
  if (const Result<void> opened = sink->open(); !opened) return opened.error();
  return std::unique_ptr<AlertSink>(std::move(sink));
}

}  // namespace querymark
