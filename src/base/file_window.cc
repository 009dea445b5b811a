// SPDX-License-Identifier: Apache-2.0
#include "base/file_window.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

namespace querymark {
namespace {

// One window's address space, for the signal handler, and where in it the first page was missing.
struct Guard {
  std::atomic<bool> is_taken = false;
  std::atomic<char*> pages = nullptr;
  std::atomic<uintptr_t> begin = 0;  // their address
  std::atomic<uintptr_t> end = 0;
  std::atomic<uintptr_t> intact_end = 0;
};
constexpr size_t kGuardCount = 256;  // one a thread that marks
std::array<Guard, kGuardCount> guards;
struct sigaction action_before;

uintptr_t address_of(const void* at) {
  return reinterpret_cast<uintptr_t>(at);
}

size_t page_size() {
  static const auto size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

size_t round_up(size_t size) {
  return (size + page_size() - 1) / page_size() * page_size();
}

// Puts zeros where the page is missing and all behind it is; false where the address is no window's.
bool put_zeros(uintptr_t address) {
  for (Guard& guard : guards) {
    if (address < guard.begin || address >= guard.end) continue;
    const uintptr_t page = address / page_size() * page_size();
    char* const at = guard.pages + (page - guard.begin);
    if (::mmap(at, guard.end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
      return false;
    guard.intact_end = std::min<uintptr_t>(guard.intact_end, page);
    return true;
  }
  return false;
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  const bool is_ours = put_zeros(address_of(info->si_addr));
  errno = error;
  if (is_ours) return;
  if ((action_before.sa_flags & SA_SIGINFO) != 0) return action_before.sa_sigaction(signal, info, context);
  // The same access comes again, and meets what was there before.
  ::sigaction(SIGBUS, &action_before, nullptr);
}

// A number of a guard; kGuardCount where all are taken.
size_t take_guard() {
  [[maybe_unused]] static const bool is_installed = [] {
    static_cast<void>(page_size());  // not for the first time in the handler
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    ::sigemptyset(&action.sa_mask);
    return ::sigaction(SIGBUS, &action, &action_before) == 0;
  }();
  const auto is_free = [](Guard& guard) { return !guard.is_taken.exchange(true); };
  return static_cast<size_t>(std::find_if(guards.begin(), guards.end(), is_free) - guards.begin());
}

}  // namespace

FileWindow::FileWindow(FileWindow&& other) noexcept {
  *this = std::move(other);
}

FileWindow& FileWindow::operator=(FileWindow&& other) noexcept {
  std::swap(begin_, other.begin_);
  std::swap(size_, other.size_);
  std::swap(pages_, other.pages_);
  std::swap(pages_size_, other.pages_size_);
  std::swap(guard_, other.guard_);
  return *this;
}

FileWindow::~FileWindow() {
  release();
}

bool FileWindow::show(int fd, uint64_t offset, size_t size) {
  const uint64_t first = offset / page_size() * page_size();
  const auto skipped = static_cast<size_t>(offset - first);
  const size_t mapped = round_up(skipped + size);
  if (!reserve(mapped + kPadding)) return false;
  guards[guard_].intact_end = address_of(pages_) + pages_size_;
  begin_ = pages_ + skipped;
  size_ = size;
  return ::mmap(pages_, mapped, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd,
                static_cast<off_t>(first)) != MAP_FAILED;
}

// Address space for so many bytes, with zeros in it.
bool FileWindow::reserve(size_t size) {
  if (size <= pages_size_) return true;
  release();
  const size_t guard = take_guard();
  if (guard == kGuardCount) return false;
  const size_t pages_size = round_up(size);
  void* const pages = ::mmap(nullptr, pages_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) {
    guards[guard].is_taken = false;
    return false;
  }
  pages_ = static_cast<char*>(pages);
  pages_size_ = pages_size;
  guard_ = guard;
  guards[guard].pages = pages_;
  guards[guard].begin = address_of(pages_);
  guards[guard].end = address_of(pages_) + pages_size_;
  return true;
}

void FileWindow::release() {
  if (pages_ == nullptr) return;
  guards[guard_].begin = guards[guard_].end = 0;
  ::munmap(pages_, pages_size_);
  guards[guard_].is_taken = false;
  pages_ = nullptr;
  begin_ = nullptr;
  size_ = pages_size_ = 0;
}

size_t FileWindow::intact_size() const {
  if (pages_ == nullptr) return 0;
  const uintptr_t intact_end = guards[guard_].intact_end;
  const uintptr_t begin = address_of(begin_);
  return intact_end <= begin ? 0 : std::min<size_t>(size_, intact_end - begin);
}

}  // namespace querymark
