// SPDX-License-Identifier: Apache-2.0
#include "alert/undelivered_alerts.h"

#include <array>
#include <chrono>
#include <filesystem>

#include "alert/json_list.h"
#include "alert/outbox_schema.h"
#include "codec/json_string.h"
#include "codec/json_walk.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;

// Longer than a service holds the lock.
constexpr int kBusyTimeoutMs = 10'000;

constexpr std::array kKinds = {Notification::Kind::kMatch, Notification::Kind::kDigest,
                               Notification::Kind::kSummary};

Notification::Kind parse_kind(std::string_view text) {
  for (const Notification::Kind kind : kKinds)
    if (text == to_string(kind)) return kind;
  return Notification::Kind::kMatch;
}

std::string attributes_json(const Notification& notification) {
  std::string json = "{";
  for (const auto& [name, value] : notification.attributes) {
    if (json.size() > 1) json += ',';
    append_json_string(name, json);
    json += ':';
    append_json_string(value, json);
  }
  return json + "}";
}

// REQUIRES: what attributes_json() wrote. Names are plain words.
void read_attributes(std::string_view json, Notification& notification) {
  for (JsonMembers members(json); members.next();) {
    const std::string_view quoted = members.value();
    unescape_json(quoted.substr(1, quoted.size() - 2), notification.attributes[std::string(members.key())]);
  }
}

RefusedAlert read_refused(const SqliteStatement& row) {
  RefusedAlert alert;
  alert.number = row.integer(0);
  alert.refused = SystemTime(milliseconds(row.integer(1)));
  alert.sink = row.text(2);
  alert.reason = row.text(3);
  alert.notification.text = row.text(4);
  alert.notification.kind = parse_kind(row.text(5));
  alert.notification.id = row.text(6);
  alert.notification.subject = row.text(7);
  read_attributes(row.text(8), alert.notification);
  alert.notification.lists = read_json_list(row.text(9));
  return alert;
}

}  // namespace

Result<void> insert_refused(const SqliteDatabase& outbox, const RefusedAlert& alert) {
  Result<SqliteStatement> insert = outbox.prepare(
      "INSERT INTO refused(refused, sink, reason, notification, kind, id, subject, attributes, lists) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  if (!insert) return insert.error();
  const Notification& notification = alert.notification;
  const std::string attributes = attributes_json(notification);
  std::string lists;
  append_json_list(notification.lists, lists);
  insert->bind(1, std::chrono::duration_cast<milliseconds>(alert.refused.time_since_epoch()).count());
  insert->bind(2, std::string_view(alert.sink));
  insert->bind(3, std::string_view(alert.reason));
  insert->bind(4, std::string_view(notification.text));
  insert->bind(5, to_string(notification.kind));
  insert->bind(6, std::string_view(notification.id));
  insert->bind(7, std::string_view(notification.subject));
  insert->bind(8, std::string_view(attributes));
  insert->bind(9, std::string_view(lists));
  const Result<uint64_t> inserted = insert->run();
  return inserted ? Result<void>() : inserted.error();
}

Result<UndeliveredAlerts> UndeliveredAlerts::open(const std::string& path) {
  if (!std::filesystem::exists(path)) return Error{Errc::kNotFound, path + ": there is no outbox"};
  Result<SqliteDatabase> database = SqliteDatabase::open(path, SqliteDatabase::Mode::kReadWrite);
  if (!database) return database.error();
  database->set_busy_timeout(kBusyTimeoutMs);
  if (const Result<void> known = require_outbox_schema(*database); !known) return known.error();
  return UndeliveredAlerts(*std::move(database));
}

Result<std::vector<UndeliveredAlerts::WaitingSink>> UndeliveredAlerts::waiting() const {
  Result<SqliteStatement> rows = database_.prepare(
      "SELECT name, count(matches.id), min(added) FROM sinks LEFT JOIN matches ON matches.id > delivered "
      "GROUP BY name ORDER BY name");
  if (!rows) return rows.error();
  std::vector<WaitingSink> sinks;
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    WaitingSink sink{std::string(rows->text(0)), static_cast<uint64_t>(rows->integer(1)), std::nullopt};
    if (const std::optional<int64_t> oldest = rows->optional_integer(2))
      sink.oldest = SystemTime(milliseconds(*oldest));
    sinks.push_back(std::move(sink));
  }
  if (!row) return row.error();
  return sinks;
}

Result<std::vector<RefusedAlert>> UndeliveredAlerts::refused(std::string_view sink, int64_t after,
                                                             size_t count_max) const {
  Result<SqliteStatement> rows = database_.prepare(
      "SELECT number, refused, sink, reason, notification, kind, id, subject, attributes, lists FROM refused "
      "WHERE number > ?1 AND (?2 = '' OR sink = ?2) ORDER BY number LIMIT ?3");
  if (!rows) return rows.error();
  rows->bind(1, after);
  rows->bind(2, sink);
  rows->bind(3, static_cast<int64_t>(count_max));
  std::vector<RefusedAlert> alerts;
  Result<bool> row = rows->step();
  for (; row && *row; row = rows->step()) alerts.push_back(read_refused(*rows));
  if (!row) return row.error();
  return alerts;
}

Result<void> UndeliveredAlerts::remove_refused(int64_t number) const {
  return database_.execute("DELETE FROM refused WHERE number = " + std::to_string(number));
}

}  // namespace querymark
