// SPDX-License-Identifier: Apache-2.0
#include "alert/outbox.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>

#include "alert/json_list.h"
#include "alert/outbox_schema.h"
#include "alert/undelivered_alerts.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;

// For people who look into it with the sqlite3 shell.
constexpr int kBusyTimeoutMs = 10'000;

int64_t to_milliseconds(SystemTime time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

SystemTime from_milliseconds(int64_t time) {
  return SystemTime(milliseconds(time));
}

Result<SqliteDatabase> connect(const std::string& path, const char* synchronous) {
  Result<SqliteDatabase> database = SqliteDatabase::open(path, SqliteDatabase::Mode::kReadWriteCreate);
  if (!database) return database;
  database->set_busy_timeout(kBusyTimeoutMs);
  const Result<void> set = database->execute(std::string("PRAGMA synchronous = ") + synchronous +
                                             "; PRAGMA journal_size_limit = 16777216");
  if (!set) return set.error();
  return database;
}

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::open(const std::string& path, const std::vector<std::string>& sinks,
                                             uint64_t size_max) {
  Result<SqliteDatabase> put_connection = connect(path, "FULL");
  if (!put_connection) return put_connection.error();
  if (::chmod(path.c_str(), 0600) != 0) return Error::from_errno(errno, "chmod " + path);
  if (const Result<void> known = require_outbox_schema(*put_connection); !known) return known.error();
  Result<SqliteDatabase> delivery_connection = connect(path, "NORMAL");
  if (!delivery_connection) return delivery_connection.error();
  std::unique_ptr<Outbox> outbox(
      new Outbox(*std::move(put_connection), *std::move(delivery_connection), size_max));
  if (const Result<void> loaded = outbox->load(sinks); !loaded) return loaded.error();
  return outbox;
}

Result<void> Outbox::load(const std::vector<std::string>& sinks) {
  Result<SqliteStatement> instance = put_connection_.prepare("SELECT instance FROM outbox");
  if (!instance) return instance.error();
  const Result<bool> row = instance->step();
  if (!row) return row.error();
  if (!*row) return Error::corrupt(put_connection_.path() + ": no instance");
  instance_ = instance->text(0);
  const Result<int64_t> last =
      put_connection_.integer("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'matches'");
  if (!last) return last.error();
  last_ = *last;
  if (Result<void> loaded = load_sinks(sinks); !loaded) return loaded;
  const Result<int64_t> size = put_connection_.integer("SELECT coalesce(sum(size), 0) FROM matches");
  if (!size) return size.error();
  size_ = static_cast<uint64_t>(*size);
  return {};
}

Result<void> Outbox::load_sinks(const std::vector<std::string>& sinks) {
  sinks_ = sinks;
  std::vector<std::optional<int64_t>> known(sinks.size());
  int64_t of_gone = std::numeric_limits<int64_t>::max();  // the least that a sink has which is no more
  Result<SqliteStatement> rows = put_connection_.prepare("SELECT name, delivered FROM sinks");
  if (!rows) return rows.error();
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    const auto found = std::find(sinks.begin(), sinks.end(), rows->text(0));
    if (found == sinks.end()) {
      of_gone = std::min(of_gone, rows->integer(1));
    } else {
      known[static_cast<size_t>(found - sinks.begin())] = rows->integer(1);
    }
  }
  if (!row) return row.error();
  rows->reset();

  Result<SqliteTransaction> transaction =
      SqliteTransaction::begin(put_connection_, SqliteTransaction::Kind::kWrite);
  if (!transaction) return transaction.error();
  if (Result<void> cleared = put_connection_.execute("DELETE FROM sinks"); !cleared) return cleared;
  Result<SqliteStatement> insert = put_connection_.prepare("INSERT INTO sinks VALUES (?1, ?2)");
  if (!insert) return insert.error();
  for (size_t i = 0; i < sinks.size(); ++i) {
    delivered_.push_back(known[i].value_or(std::min(of_gone, last_)));
    insert->bind(1, std::string_view(sinks[i]));
    insert->bind(2, delivered_.back());
    if (const Result<uint64_t> inserted = insert->run(); !inserted) return inserted.error();
  }
  return transaction->commit();
}

Result<void> Outbox::insert(std::span<const Match> matches, SystemTime now) {
  Result<SqliteTransaction> transaction =
      SqliteTransaction::begin(put_connection_, SqliteTransaction::Kind::kWrite);
  if (!transaction) return transaction.error();
  Result<SqliteStatement> insert = put_connection_.prepare(
      "INSERT INTO matches(added, entry, lists, size, record) VALUES (?1, ?2, ?3, ?4, ?5)");
  if (!insert) return insert.error();
  for (const Match& match : matches) {
    std::string lists;
    append_json_list(match.lists, lists);
    insert->bind(1, to_milliseconds(now));
    insert->bind(2, std::string_view(match.entry));
    insert->bind(3, std::string_view(lists));
    insert->bind(4, static_cast<int64_t>(match.record.size()));
    insert->bind(5, std::string_view(match.record));
    if (const Result<uint64_t> inserted = insert->run(); !inserted) return inserted.error();
  }
  return transaction->commit();
}

Result<void> Outbox::put(std::span<const Match> matches, SystemTime now) {
  if (matches.empty()) return {};
  uint64_t added = 0;
  for (const Match& match : matches) added += match.record.size();
  {
    const std::lock_guard<std::mutex> writing(writing_);
    if (size() + added > size_max_) {
      return Error::limit(put_connection_.path() + ": " + std::to_string(size()) +
                          " bytes of matches wait for their delivery");
    }
    if (Result<void> inserted = insert(matches, now); !inserted) return inserted;
    const std::lock_guard<std::mutex> state(state_mutex_);
    size_ += added;
    last_ += static_cast<int64_t>(matches.size());
  }
  wake();
  return {};
}

Result<std::vector<Outbox::Waiting>> Outbox::read(int64_t after, size_t count_max) {
  const std::lock_guard<std::mutex> delivering(delivering_);
  Result<SqliteStatement> rows = delivery_connection_.prepare(
      "SELECT id, added, entry, lists, record FROM matches WHERE id > ?1 ORDER BY id LIMIT ?2");
  if (!rows) return rows.error();
  rows->bind(1, after);
  rows->bind(2, static_cast<int64_t>(count_max));
  std::vector<Waiting> waiting;
  size_t size = 0;
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    size += rows->text(4).size();
    if (size > kReadSizeMax && !waiting.empty()) break;
    waiting.push_back(
        {rows->integer(0),
         from_milliseconds(rows->integer(1)),
         {std::string(rows->text(4)), std::string(rows->text(2)), read_json_list(rows->text(3))}});
  }
  if (!row) return row.error();
  return waiting;
}

Result<void> Outbox::remove_delivered(int64_t up_to, uint64_t& removed_size) {
  const std::string which = " FROM matches WHERE id <= " + std::to_string(up_to);
  const Result<int64_t> size = delivery_connection_.integer("SELECT coalesce(sum(size), 0)" + which);
  if (!size) return size.error();
  removed_size = static_cast<uint64_t>(*size);
  return delivery_connection_.execute("DELETE" + which);
}

Result<void> Outbox::mark_delivered(size_t sink, int64_t id) {
  const std::lock_guard<std::mutex> delivering(delivering_);
  const std::lock_guard<std::mutex> writing(writing_);
  int64_t by_all = id;
  {
    const std::lock_guard<std::mutex> state(state_mutex_);
    for (size_t i = 0; i < delivered_.size(); ++i) by_all = std::min(by_all, i == sink ? id : delivered_[i]);
  }
  Result<SqliteTransaction> transaction =
      SqliteTransaction::begin(delivery_connection_, SqliteTransaction::Kind::kWrite);
  if (!transaction) return transaction.error();
  Result<SqliteStatement> update =
      delivery_connection_.prepare("UPDATE sinks SET delivered = ?2 WHERE name = ?1");
  if (!update) return update.error();
  update->bind(1, std::string_view(sinks_[sink]));
  update->bind(2, id);
  if (const Result<uint64_t> updated = update->run(); !updated) return updated.error();
  uint64_t removed_size = 0;
  if (Result<void> removed = remove_delivered(by_all, removed_size); !removed) return removed;
  if (Result<void> committed = transaction->commit(); !committed) return committed;
  const std::lock_guard<std::mutex> state(state_mutex_);
  delivered_[sink] = id;
  size_ -= removed_size;
  return {};
}

Result<void> Outbox::keep_refused(size_t sink, const Notification& notification, const std::string& reason,
                                  SystemTime now) {
  const std::lock_guard<std::mutex> delivering(delivering_);
  const std::lock_guard<std::mutex> writing(writing_);
  Result<void> kept =
      insert_refused(delivery_connection_,
                     {.refused = now, .sink = sinks_[sink], .reason = reason, .notification = notification});
  if (!kept) return kept;
  return delivery_connection_.execute(
      "DELETE FROM refused WHERE number <= (SELECT max(number) FROM refused) - " +
      std::to_string(kRefusedMax));
}

int64_t Outbox::delivered(size_t sink) const {
  const std::lock_guard<std::mutex> state(state_mutex_);
  return delivered_[sink];
}

int64_t Outbox::last() const {
  const std::lock_guard<std::mutex> state(state_mutex_);
  return last_;
}

uint64_t Outbox::size() const {
  const std::lock_guard<std::mutex> state(state_mutex_);
  return size_;
}

Result<SystemTime> Outbox::oldest(size_t sink, SystemTime otherwise) {
  const int64_t after = delivered(sink);
  if (last() == after) return otherwise;
  const std::lock_guard<std::mutex> delivering(delivering_);
  const Result<int64_t> added = delivery_connection_.integer("SELECT added FROM matches WHERE id > " +
                                                             std::to_string(after) + " ORDER BY id LIMIT 1");
  if (!added) return added.error();
  return from_milliseconds(*added);
}

void Outbox::wait(Deadline deadline, const std::function<bool()>& ready) {
  std::unique_lock<std::mutex> lock(waiting_);
  if (deadline.is_never()) return changed_.wait(lock, ready);
  changed_.wait_for(lock, deadline.left(), ready);
}

void Outbox::wake() {
  { const std::lock_guard<std::mutex> lock(waiting_); }
  changed_.notify_all();
}

}  // namespace querymark
