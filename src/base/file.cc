// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkostemp
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace querymark {

static Error errno_error(std::string_view operation, std::string_view path) {
  return Error::from_errno(errno, std::string(operation) + " " + std::string(path));
}

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) ::close(fd_);
}

int UniqueFd::release() {
  return std::exchange(fd_, -1);
}

Result<UniqueFd> open_for_reading(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error("open", path);
  return fd;
}

Result<UniqueFd> open_for_writing(const std::string& path, bool private_file) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, private_file ? 0600 : 0666));
  if (!fd) return errno_error("create", path);
  return fd;
}

Result<size_t> read_some(int fd, char* out, size_t size, std::string_view path) {
  for (;;) {
    const ssize_t count = ::read(fd, out, size);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) return errno_error("read", path);
  }
}

Result<void> write_all(int fd, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return errno_error("write", path);
    }
  }
  return {};
}

Result<void> read_at(int fd, uint64_t offset, char* out, size_t size, std::string_view path) {
  while (size > 0) {
    const ssize_t count = ::pread(fd, out, size, static_cast<off_t>(offset));
    if (count == 0) return Error::corrupt(std::string(path) + ": ends at byte " + std::to_string(offset));
    if (count > 0) {
      out += count;
      offset += static_cast<uint64_t>(count);
      size -= static_cast<size_t>(count);
    } else if (errno != EINTR) {
      return errno_error("read", path);
    }
  }
  return {};
}

Result<void> write_at(int fd, uint64_t offset, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
      offset += static_cast<uint64_t>(count);
    } else if (errno != EINTR) {
      return errno_error("write", path);
    }
  }
  return {};
}

Result<UniqueFd> create_work_file() {
  const char* folder = std::getenv("TMPDIR");
  if (folder == nullptr || folder[0] != '/') folder = "/var/tmp";
  std::string path = std::string(folder) + "/querymark.XXXXXX";
  UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd) return Error::from_errno(errno, "create " + path);
  ::unlink(path.c_str());
  return fd;
}

Result<std::string> read_file(const std::string& path, size_t size_max) {
  Result<UniqueFd> fd = open_for_reading(path);
  if (!fd) return fd.error();
  std::string text;
  for (;;) {
    const size_t size = text.size();
    if (size > size_max) return Error::limit(path + ": larger than " + std::to_string(size_max) + " bytes");
    text.resize(size + (size_t{1} << 16));
    Result<size_t> count = read_some(fd->get(), text.data() + size, size_t{1} << 16, path);
    if (!count) return count.error();
    text.resize(size + *count);
    if (*count == 0) return text;
  }
}

Result<void> sync_folder(const std::string& path) {
  const UniqueFd fd(::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return errno_error("sync folder", path);
  return {};
}

Result<void> make_folders(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) == 0) return {};
  const std::string above = std::filesystem::path(path).parent_path().string();
  if (Result<void> made = make_folders(above); !made) return made;
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return errno_error("make folder", path);
  return sync_folder(above);
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  Result<UniqueFd> fd = open_for_reading(path);
  if (!fd) return fd.error();
  return map(fd->get(), path);
}

Result<MappedFile> MappedFile::map(int fd, std::string_view path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return errno_error("stat", path);
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return MappedFile(nullptr, 0);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return errno_error("map", path);
  return MappedFile(static_cast<const char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

Result<AtomicFile> AtomicFile::create(const std::string& path) {
  std::string temporary_path = path + ".tmp." + std::to_string(::getpid());
  UniqueFd fd(::open(temporary_path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) return errno_error("create", temporary_path);
  return AtomicFile(std::move(fd), path, std::move(temporary_path));
}

AtomicFile::~AtomicFile() {
  if (fd_) ::unlink(temporary_path_.c_str());
}

Result<void> AtomicFile::commit() {
  if (::fsync(fd_.get()) != 0) return errno_error("sync", temporary_path_);
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) return errno_error("rename to", path_);
  fd_ = UniqueFd();
  return sync_folder(std::filesystem::path(path_).parent_path().string());
}

}  // namespace querymark
