// SPDX-License-Identifier: Apache-2.0
#include "service/live_table.h"

#include <chrono>

namespace querymark {
namespace {

// A look costs under a millisecond while nothing has changed.
constexpr std::chrono::milliseconds kLookInterval(250);

// Of one table: made from the same version, and for the same time.
bool is_same(const DomainSet& a, const DomainSet& b) {
  return a.table_version() == b.table_version() && a.valid_until() == b.valid_until() &&
         a.entry_count() == b.entry_count() && a.allow_count() == b.allow_count();
}

}  // namespace

LiveTable::LiveTable(std::string uri, std::string home, const SuffixTable& suffixes,
                     LiveTableObserver& observer, OpenedTable table)
    : uri_(std::move(uri)),
      home_(std::move(home)),
      suffixes_(suffixes),
      observer_(observer),
      table_(std::make_shared<const OpenedTable>(std::move(table))) {}

Result<std::unique_ptr<LiveTable>> LiveTable::open(std::string uri, std::string home,
                                                   const SuffixTable& suffixes, LiveTableObserver& observer) {
  Result<OpenedTable> table = open_table(uri, home, suffixes);
  if (!table) return table.error();
  const bool is_list = uri.starts_with("list:");
  std::unique_ptr<LiveTable> live(
      new LiveTable(std::move(uri), std::move(home), suffixes, observer, *std::move(table)));
  if (!is_list) live->thread_ = std::thread([&live = *live] { live.watch(); });
  return live;
}

LiveTable::~LiveTable() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const OpenedTable> LiveTable::current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return table_;
}

LiveTableStatus LiveTable::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

void LiveTable::watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_.wait_for(lock, kLookInterval, [this] { return stopping_; })) {
    lock.unlock();
    look();
    lock.lock();
  }
}

void LiveTable::look() {
  Result<OpenedTable> table = open_table(uri_, home_, suffixes_);
  std::unique_lock<std::mutex> lock(mutex_);
  if (!table) {
    const bool is_first = !status_.is_failing;
    ++status_.failures;
    status_.is_failing = true;
    lock.unlock();
    if (is_first) observer_.table_failed(table.error());
    return;
  }
  status_.is_failing = false;
  if (is_same(table->set, table_->set)) return;
  ++status_.changes;
  const auto fresh = std::make_shared<const OpenedTable>(*std::move(table));
  const std::shared_ptr<const OpenedTable> before = std::exchange(table_, fresh);
  lock.unlock();
  observer_.table_changed(*fresh);
}

}  // namespace querymark
