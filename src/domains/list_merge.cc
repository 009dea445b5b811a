// SPDX-License-Identifier: Apache-2.0
#include "domains/list_merge.h"

#include "domains/table_schema.h"

namespace querymark {

// The stored entries of the list, by name.
class ListMerge::Cursor {
 public:
  static Result<Cursor> open(const SqliteDatabase& database, bool allow, const std::string& list) {
    const std::string keep = allow ? "'listed'" : "keep";
    Result<SqliteStatement> rows =
        database.prepare("SELECT name, scope, " + keep + ", expires FROM " + entries_table(allow) +
                         " WHERE list = ?1 AND name >= ?2 ORDER BY name");
    if (!rows) return rows.error();
    return Cursor(*std::move(rows), list);
  }

  bool at_end() const { return at_end_; }
  std::string_view name() const { return rows_.text(0); }
  bool says(EntryScope scope, EntryKeep keep, std::optional<int64_t> expires) const {
    return rows_.text(1) == to_string(scope) && rows_.text(2) == to_string(keep) &&
           rows_.optional_integer(3) == expires;
  }

  // The first entry that is `name` or follows it. REQUIRES: the cursor is not moved from then on.
  Result<void> seek(std::string_view name) {
    rows_.reset();
    rows_.bind(1, std::string_view(list_));
    sought_ = name;
    rows_.bind(2, std::string_view(sought_));
    return next();
  }

  Result<void> next() {
    const Result<bool> row = rows_.step();
    if (!row) return row.error();
    at_end_ = !*row;
    return {};
  }

  // The first entry that is `name` or follows it, from here: a few steps, then a jump.
  Result<void> advance_to(std::string_view name) {
    for (int steps = 0; steps < kStepsMax; ++steps) {
      if (at_end_ || this->name() >= name) return {};
      if (Result<void> stepped = next(); !stepped) return stepped;
    }
    return seek(name);
  }

 private:
  static constexpr int kStepsMax = 8;

  Cursor(SqliteStatement rows, const std::string& list) : rows_(std::move(rows)), list_(list) {}

  SqliteStatement rows_;
  const std::string& list_;
  std::string sought_;
  bool at_end_ = true;
};

// The statements that change one of the two tables.
struct ListMerge::Writer {
  static Result<Writer> prepare(const SqliteDatabase& database, bool allow, const ListUpdate& update) {
    const std::string table = entries_table(allow);
    // Allow entries have no column `keep`.
    const std::string columns = allow ? "" : ", keep";
    const std::string values = allow ? "" : ", ?7";
    const std::string set = allow ? "" : ", keep = ?7";
    Result<SqliteStatement> insert =
        database.prepare("INSERT INTO " + table + "(list, name, scope, first_seen, last_seen, expires, note" +
                         columns + ") VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6" + values + ")");
    if (!insert) return insert.error();
    Result<SqliteStatement> refresh = database.prepare(
        "UPDATE " + table + " SET scope = ?3, last_seen = ?4, expires = ?5, note = coalesce(?6, note)" + set +
        " WHERE list = ?1 AND name = ?2");
    if (!refresh) return refresh.error();
    Result<SqliteStatement> remove =
        database.prepare("DELETE FROM " + table + " WHERE list = ?1 AND name = ?2");
    if (!remove) return remove.error();
    Writer writer{*std::move(insert), *std::move(refresh), *std::move(remove)};
    for (SqliteStatement* statement : {&writer.insert, &writer.refresh}) {
      statement->bind(1, std::string_view(update.list));
      statement->bind(4, update.now);
      statement->bind(5, update.expires);
      statement->bind(6, update.note);
      if (!allow) statement->bind(7, to_string(update.keep));
    }
    writer.remove.bind(1, std::string_view(update.list));
    return writer;
  }

  SqliteStatement insert;
  SqliteStatement refresh;
  SqliteStatement remove;
};

namespace {

Result<void> run(SqliteStatement& statement) {
  const Result<uint64_t> done = statement.run();
  if (!done) return done.error();
  return {};
}

}  // namespace

Result<void> ListMerge::run(EntryStream& entries) {
  Result<std::optional<TableEntry>> first = entries.next();
  if (!first) return first.error();
  entry_ = *first;
  for (const bool allow : {false, true}) {
    if (Result<void> merged = merge_table(allow, entries); !merged) return merged;
  }
  return check_shrinking(update_, counts_.already_there + counts_.removed,
                         counts_.already_there + counts_.added);
}

Result<void> ListMerge::merge_table(bool allow, EntryStream& entries) {
  std::optional<Writer> writer;
  if (changed_ != nullptr) {
    Result<Writer> prepared = Writer::prepare(*changed_, allow, update_);
    if (!prepared) return prepared.error();
    writer.emplace(*std::move(prepared));
  }
  std::optional<Cursor> cursor;
  if (stored_ != nullptr) {
    Result<Cursor> opened = Cursor::open(*stored_, allow, update_.list);
    if (!opened) return opened.error();
    cursor.emplace(*std::move(opened));
    if (Result<void> sought = cursor->seek(""); !sought) return sought;
  }
  Writer* const changes = writer ? &*writer : nullptr;

  for (;;) {
    const bool has_entry = entry_ && entry_->allow == allow;
    if (!has_entry && !update_.mirror) return {};
    if (has_entry && cursor && !update_.mirror) {
      if (Result<void> moved = cursor->advance_to(entry_->name); !moved) return moved;
    }
    const bool has_row = cursor && !cursor->at_end();
    if (!has_entry && !has_row) return {};
    const int order = !has_row ? -1 : !has_entry ? 1 : entry_->name.compare(cursor->name());
    Result<void> done = order < 0    ? add(changes)
                        : order == 0 ? refresh(changes, *cursor)
                                     : remove(changes, *cursor);
    if (!done) return done;
    if (order >= 0) {
      if (Result<void> moved = cursor->next(); !moved) return moved;
    }
    if (order <= 0) {
      Result<std::optional<TableEntry>> next = entries.next();
      if (!next) return next.error();
      entry_ = *next;
    }
  }
}

Result<void> ListMerge::add(Writer* writer) {
  ++counts_.added;
  changes_set_ = true;
  if (writer == nullptr) return {};
  writer->insert.bind(2, entry_->name);
  writer->insert.bind(3, to_string(entry_->scope));
  return querymark::run(writer->insert);
}

Result<void> ListMerge::refresh(Writer* writer, const Cursor& row) {
  ++counts_.already_there;
  const EntryKeep keep = entry_->allow ? EntryKeep::kListed : update_.keep;
  changes_set_ |= !row.says(entry_->scope, keep, update_.expires);
  if (writer == nullptr) return {};
  writer->refresh.bind(2, entry_->name);
  writer->refresh.bind(3, to_string(entry_->scope));
  return querymark::run(writer->refresh);
}

Result<void> ListMerge::remove(Writer* writer, const Cursor& row) {
  ++counts_.removed;
  changes_set_ = true;
  if (writer == nullptr) return {};
  writer->remove.bind(2, row.name());
  return querymark::run(writer->remove);
}

Result<void> check_shrinking(const ListUpdate& update, uint64_t before, uint64_t after) {
  if (!update.mirror || update.force || after * 2 >= before) return {};
  return Error::invalid("the list " + update.list + " would shrink from " + std::to_string(before) + " to " +
                        std::to_string(after) +
                        " entries, which a damaged source would do too: not done unless forced");
}

}  // namespace querymark
