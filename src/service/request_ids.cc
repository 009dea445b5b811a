// SPDX-License-Identifier: Apache-2.0
#include "service/request_ids.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace querymark {
namespace {

// Rewritten when it holds twice what is remembered.
constexpr size_t kLinesMax = 2 * RequestIds::kRememberedMax;
constexpr size_t kFileSizeMax = (kLinesMax + 1) * (RequestIds::kIdSizeMax + 2);

bool can_be_remembered(std::string_view id) {
  return !id.empty() && id.size() <= RequestIds::kIdSizeMax &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<std::unique_ptr<RequestIds>> RequestIds::open(const std::string& path) {
  std::unique_ptr<RequestIds> ids(new RequestIds(path));
  if (const Result<void> loaded = ids->load(); !loaded) return loaded.error();
  return ids;
}

Result<void> RequestIds::load() {
  if (!std::filesystem::exists(path_)) return rewrite();
  const Result<std::string> text = read_file(path_, kFileSizeMax);
  if (!text) return text.error();
  size_t begin = 0;
  for (size_t end = 0; (end = text->find('\n', begin)) != std::string::npos; begin = end + 1) {
    std::string id = text->substr(begin, end - begin);
    if (can_be_remembered(id)) remember(std::move(id));
  }
  return rewrite();
}

// The file anew, of what is remembered.
Result<void> RequestIds::rewrite() {
  Result<AtomicFile> file = AtomicFile::create(path_);
  if (!file) return file.error();
  std::string text;
  for (const std::string& id : done_) text.append(id).append("\n");
  if (Result<void> written = file->append(text); !written) return written;
  if (Result<void> committed = file->commit(); !committed) return committed;
  UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fd) return Error::from_errno(errno, "open " + path_);
  file_ = std::move(fd);
  lines_ = done_.size();
  is_line_cut_ = false;
  return {};
}

RequestIds::State RequestIds::begin(const std::string& id) {
  if (!can_be_remembered(id)) return State::kNew;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto [found, is_new] = states_.try_emplace(id, State::kRunning);
  return is_new ? State::kNew : found->second;
}

void RequestIds::end(const std::string& id, bool is_done) {
  if (!can_be_remembered(id)) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!is_done) {
    states_.erase(id);
    return;
  }
  write(id);
  remember(id);
  if (lines_ >= kLinesMax) static_cast<void>(rewrite());
}

void RequestIds::remember(std::string id) {
  states_[id] = State::kDone;
  done_.push_back(std::move(id));
  if (done_.size() <= kRememberedMax) return;
  states_.erase(done_.front());
  done_.pop_front();
}

void RequestIds::write(const std::string& id) {
  const Result<void> written = write_all(file_.get(), (is_line_cut_ ? "\n" : "") + id + "\n", path_);
  is_line_cut_ = !written;
  ++lines_;
}

}  // namespace querymark
