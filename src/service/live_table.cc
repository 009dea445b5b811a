// SPDX-License-Identifier: Apache-2.0
#include "service/live_table.h"

#include <unistd.h>

#include <chrono>

#include "domains/sqlite_table.h"

namespace querymark {
namespace {

// A look costs under a millisecond while nothing has changed.
constexpr std::chrono::milliseconds kLookInterval(250);

// Senders wait for an answer: past this they are told to come again.
constexpr DynamoDbPatience kPatience{std::chrono::seconds(3), std::chrono::seconds(1)};

// Counting a million entries takes some 0.1 s.
constexpr std::chrono::seconds kListsInterval(30);

// Of the thread that compiles sets beside those that serve: more would have edits wait for long under full load.
constexpr int kNice = 10;

}  // namespace

LiveTable::LiveTable(std::string uri, std::string home, const SuffixTable& suffixes, AwsAccess& aws,
                     LiveTableObserver& observer, MarkingTable table)
    : uri_(std::move(uri)),
      home_(std::move(home)),
      suffixes_(suffixes),
      aws_(aws),
      observer_(observer),
      table_(std::make_shared<const MarkingTable>(std::move(table))) {}

Result<std::unique_ptr<LiveTable>> LiveTable::open(std::string uri, std::string home,
                                                   const SuffixTable& suffixes, AwsAccess& aws,
                                                   LiveTableObserver& observer) {
  Result<MarkingTable> table = MarkingTable::open(uri, home, suffixes, aws, kPatience);
  if (!table) return table.error();
  const bool is_list = uri.starts_with("list:");
  std::unique_ptr<LiveTable> live(
      new LiveTable(std::move(uri), std::move(home), suffixes, aws, observer, *std::move(table)));
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

std::shared_ptr<const MarkingTable> LiveTable::current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return table_;
}

LiveTableStatus LiveTable::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

void LiveTable::watch() {
  static_cast<void>(::nice(kNice));  // on Linux, of this thread alone
  auto lists_due = std::chrono::steady_clock::now();
  uint64_t changes = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_.wait_for(lock, kLookInterval, [this] { return stopping_; })) {
    lock.unlock();
    if (table_->is_remote()) {
      look_at_remote();
    } else {
      look();
      if (const auto now = std::chrono::steady_clock::now(); now >= lists_due || status().changes > changes) {
        read_lists();
        lists_due = now + kListsInterval;
        changes = status().changes;
      }
    }
    lock.lock();
  }
}

void LiveTable::look() {
  Result<MarkingTable> table = MarkingTable::open(uri_, home_, suffixes_, aws_);
  set_failing(table ? std::nullopt : std::optional(table.error()));
  if (!table || table->is_same(*table_)) return;
  const auto fresh = std::make_shared<const MarkingTable>(*std::move(table));
  std::unique_lock<std::mutex> lock(mutex_);
  ++status_.changes;
  const std::shared_ptr<const MarkingTable> before = std::exchange(table_, fresh);
  lock.unlock();
  observer_.table_changed(*fresh);
}

// Where they cannot be read, what was known stays: looks at the table fail too.
void LiveTable::read_lists() {
  const Result<std::string> path = table_path(uri_, home_);
  if (!path) return;
  Result<SqliteTable> table = SqliteTable::open(*path, TableAccess::kRead);
  if (!table) return;
  Result<std::vector<ListSummary>> lists = table->lists();
  if (!lists) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  lists_ = *std::move(lists);
}

std::vector<ListSummary> LiveTable::lists() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return lists_;
}

void LiveTable::look_at_remote() {
  set_failing(table_->failure());
  const std::lock_guard<std::mutex> lock(mutex_);
  status_.failures = table_->failures();
}

void LiveTable::set_failing(const std::optional<Error>& failure) {
  bool is_first = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_first = failure && !status_.is_failing;
    status_.is_failing = failure.has_value();
    if (failure) ++status_.failures;
  }
  if (is_first) observer_.table_failed(*failure);
}

}  // namespace querymark
