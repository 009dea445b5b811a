// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace querymark {
namespace {

constexpr std::array kEndingSignals = {SIGINT, SIGTERM, SIGHUP};

// What a signal's handler removes: a handler may touch nothing that allocates.
std::array<char, 4096> g_unfinished_path;

void remove_unfinished_and_end(int signal) {
  ::unlink(g_unfinished_path.data());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void remove_when_killed(const std::string& path) {
  if (path.size() >= g_unfinished_path.size()) return;
  std::memcpy(g_unfinished_path.data(), path.c_str(), path.size() + 1);
  for (const int signal : kEndingSignals) {
    // What was ignored from the start (nohup) stays so.
    if (std::signal(signal, remove_unfinished_and_end) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

bool is_regular_or_missing(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::string& path, AwsAccess& aws) {
  if (S3Uri::is_one(path)) {
    const Result<S3Uri> uri = S3Uri::parse(path);
    if (!uri) return uri.error();
    const Result<const S3*> s3 = aws.s3();
    if (!s3) return s3.error();
    Result<std::unique_ptr<S3Output>> object = S3Output::open(**s3, *uri);
    if (!object) return object.error();
    OutputFile output(path, UniqueFd());
    output.object_ = *std::move(object);
    return output;
  }
  if (path == "-") {
    UniqueFd fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd) return Error::from_errno(errno, "open standard output");
    return OutputFile("standard output", std::move(fd));
  }
  if (!is_regular_or_missing(path)) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) return Error::from_errno(errno, "open " + path);
    return OutputFile(path, std::move(fd));
  }
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  remove_when_killed(file->temporary_path());
  OutputFile output(path, UniqueFd());
  output.atomic_.emplace(*std::move(file));
  return output;
}

int OutputFile::fd() const {
  if (object_) return object_->fd();
  return atomic_ ? atomic_->fd() : fd_.get();
}

Result<void> OutputFile::commit() {
  if (object_) return object_->commit();
  return atomic_ ? atomic_->commit() : Result<void>();
}

Result<void> OutputFile::failure() {
  return object_ ? object_->failure() : Result<void>();
}

void end_by_sigpipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  std::exit(1);
}

}  // namespace querymark
