// SPDX-License-Identifier: Apache-2.0
#include "service/store_questions.h"

#include <algorithm>

#include "base/file.h"

namespace querymark {
namespace {

// How late a question may end.
constexpr std::chrono::milliseconds kWatchInterval(100);

std::string resources() {
  const unsigned threads = std::max(std::thread::hardware_concurrency() / 2, 1U);
  return "SET threads = " + std::to_string(threads) + "; SET memory_limit = '" + StoreQuestions::kMemoryMax +
         "'";
}

}  // namespace

StoreQuestions::StoreQuestions(LogStore store, const SuffixTable& suffixes)
    : store_(std::move(store)), suffixes_(suffixes), watcher_([this] { watch(); }) {}

StoreQuestions::~StoreQuestions() {
  stop();
  watcher_.join();
}

void StoreQuestions::stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

Result<OpenedLogStore> StoreQuestions::open(const SqlQuestion& question, Clock::time_point until) {
  if (!store_.folder().empty())
    if (const Result<void> made = make_folders(store_.folder()); !made) return made.error();
  const auto check = [this, until] { return may_go_on(until); };
  return store_.open(question, suffixes_, {.settings = resources(), .observer = {.check = check}});
}

Result<void> StoreQuestions::may_go_on(Clock::time_point until) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_) return Error{Errc::kBusy, "the service is stopping"};
  if (Clock::now() < until) return {};
  return Error::limit("there is no answer in time: ask for fewer days, or compact the store");
}

Result<uint64_t> StoreQuestions::select(const SqlQuestion& question, SqlRowSink& sink,
                                        std::chrono::milliseconds time_max) {
  const Clock::time_point until = Clock::now() + time_max;
  Result<OpenedLogStore> opened = open(question, until);
  if (!opened) return opened.error();
  Result<uint64_t> rows = run(opened->database, question, sink, until);
  if (rows || rows.error().code != Errc::kInvalid) return rows;
  const Result<void> checked = may_go_on(until);
  return checked ? rows : checked.error();
}

Result<uint64_t> StoreQuestions::run(SqlDatabase& database, const SqlQuestion& question, SqlRowSink& sink,
                                     Clock::time_point until) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return Error{Errc::kBusy, "the service is stopping"};
    running_.push_back({&database, until});
    changed_.notify_all();
  }
  Result<uint64_t> rows = database.select(question, SqlForm::kCells, sink);
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase_if(running_, [&database](const Running& one) { return one.database == &database; });
  changed_.notify_all();
  return rows;
}

// A question is several statements to DuckDB, and an interruption between two of them is lost: it is repeated
// until the question has ended.
void StoreQuestions::watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_ || !running_.empty()) {
    const Clock::time_point now = Clock::now();
    for (const Running& one : running_) {
      if (stopping_ || one.until <= now) one.database->interrupt();
    }
    if (running_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_for(lock, kWatchInterval);
    }
  }
}

}  // namespace querymark
