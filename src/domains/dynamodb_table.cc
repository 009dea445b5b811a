// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "domains/dynamodb_list_writer.h"
#include "domains/list_merge.h"

namespace querymark {
namespace {

// Takes the list's entry out; whether there was one.
bool remove_entry(const std::string& list, DynamoDbItem& item) {
  return std::erase_if(item.entries, [&list](const StoredEntry& entry) { return entry.list == list; }) > 0;
}

// Entries in memory, for what must be known whole before anything is changed.
class KeptEntries {
 public:
  void add(std::string_view name, bool allow, EntryScope scope) {
    entries_.push_back({std::string(name), allow, scope});
  }
  // By key, each once with its widest scope.
  void sort() {
    std::sort(entries_.begin(), entries_.end(), [](const ItemName& a, const ItemName& b) {
      if (key(a) != key(b)) return key(a) < key(b);
      return a.scope > b.scope;
    });
    entries_.erase(std::unique(entries_.begin(), entries_.end(),
                               [](const ItemName& a, const ItemName& b) { return key(a) == key(b); }),
                   entries_.end());
  }
  const std::vector<ItemName>& entries() const { return entries_; }
  static std::pair<bool, std::string_view> key(const ItemName& entry) { return {entry.allow, entry.name}; }

 private:
  std::vector<ItemName> entries_;
};

// In `held` and not in `wanted`. REQUIRES: both sorted.
std::vector<ItemName> difference(const KeptEntries& held, const KeptEntries& wanted) {
  std::vector<ItemName> rest;
  std::set_difference(
      held.entries().begin(), held.entries().end(), wanted.entries().begin(), wanted.entries().end(),
      std::back_inserter(rest),
      [](const ItemName& a, const ItemName& b) { return KeptEntries::key(a) < KeptEntries::key(b); });
  return rest;
}

Result<uint64_t> write_all(EntryStream& entries, DynamoDbListWriter& writer) {
  uint64_t count = 0;
  for (;; ++count) {
    const Result<std::optional<TableEntry>> entry = entries.next();
    if (!entry) return entry.error();
    if (!*entry) break;
    if (const Result<void> added = writer.add(**entry); !added) return added.error();
  }
  if (const Result<void> finished = writer.finish(); !finished) return finished.error();
  return count;
}

// Kept entries once more, for the writer.
class KeptStream final : public EntryStream {
 public:
  explicit KeptStream(const KeptEntries& kept) : entries_(kept.entries()) {}
  Result<std::optional<TableEntry>> next() override {
    if (next_ == entries_.size()) return std::optional<TableEntry>();
    const ItemName& entry = entries_[next_++];
    return std::optional<TableEntry>({.name = entry.name, .scope = entry.scope, .allow = entry.allow});
  }

 private:
  const std::vector<ItemName>& entries_;
  size_t next_ = 0;
};

Error in_part(const Error& error, const ListUpdate& update) {
  if (update.dry_run) return error;
  return {error.code, error.detail + " (a part of the list " + update.list +
                          " may be written; the same import again completes it)"};
}

}  // namespace

Result<ListUpdateCounts> DynamoDbTable::update_list(const ListUpdate& update, EntryStream& entries) {
  if (update.mirror) return mirror_list(update, entries);
  DynamoDbListWriter writer(dynamodb_, name_, update, suffixes_, {});
  const Result<uint64_t> written = write_all(entries, writer);
  if (!written) return in_part(written.error(), update);
  return writer.counts();
}

// What the list holds is read first, so that a source that was damaged is refused before anything is changed.
Result<ListUpdateCounts> DynamoDbTable::mirror_list(const ListUpdate& update, EntryStream& entries) {
  KeptEntries held;
  const Result<void> scanned =
      visit_entries({.pattern = "", .list = update.list, .allow = false}, [&](const StoredEntry& entry) {
        held.add(entry.name, false, entry.scope);
        return true;
      });
  if (!scanned) return scanned.error();
  const Result<void> scanned_allow =
      visit_entries({.pattern = "", .list = update.list, .allow = true}, [&](const StoredEntry& entry) {
        held.add(entry.name, true, entry.scope);
        return true;
      });
  if (!scanned_allow) return scanned_allow.error();

  KeptEntries wanted;
  uint64_t given = 0;
  for (;; ++given) {
    const Result<std::optional<TableEntry>> entry = entries.next();
    if (!entry) return entry.error();
    if (!*entry) break;
    const std::string_view name =
        DynamoDbListWriter::item_name((*entry)->name, (*entry)->allow, update.keep, suffixes_);
    const bool is_whole = name.size() == (*entry)->name.size();
    wanted.add(name, (*entry)->allow, is_whole ? (*entry)->scope : EntryScope::kSubtree);
  }
  held.sort();
  wanted.sort();
  const std::vector<ItemName> gone = difference(held, wanted);
  if (const Result<void> refused = check_shrinking(update, held.entries().size(), wanted.entries().size());
      !refused)
    return refused.error();

  DynamoDbListWriter writer(dynamodb_, name_, update, suffixes_, {});
  KeptStream stream(wanted);
  const Result<uint64_t> written = write_all(stream, writer);
  if (!written) return in_part(written.error(), update);
  ListUpdateCounts counts = writer.counts();
  counts.repeated += given - *written;

  ItemUpdater remover(
      dynamodb_, name_,
      [&update](const ItemName&, DynamoDbItem& item) { return remove_entry(update.list, item); },
      {.deadline = Deadline::never(), .dry_run = update.dry_run}, kDynamoDbThreads);
  for (const ItemName& name : gone) {
    if (const Result<void> added = remover.add(name); !added) return in_part(added.error(), update);
  }
  if (const Result<void> removed = remover.flush(); !removed) return in_part(removed.error(), update);
  counts.removed = gone.size();
  return counts;
}

Result<std::vector<uint64_t>> DynamoDbTable::remove(const std::vector<std::string>& names,
                                                    const std::string& list, bool allow) {
  std::map<std::string, uint64_t> removed;
  const ItemChange change = [&](const ItemName& name, DynamoDbItem& item) {
    const size_t before = item.entries.size();
    if (list.empty()) {
      item.entries.clear();
    } else {
      remove_entry(list, item);
    }
    removed[name.name] = before - item.entries.size();
    return item.entries.size() < before;
  };
  std::vector<ItemName> batch;
  for (const std::string& name : names) {
    if (!can_be_item_name(name) || !removed.emplace(name, 0).second) continue;
    batch.push_back({name, allow});
  }
  for (size_t begin = 0; begin < batch.size(); begin += kBatchGetKeysMax) {
    const auto first = batch.begin() + static_cast<ptrdiff_t>(begin);
    const auto end = batch.begin() + static_cast<ptrdiff_t>(std::min(begin + kBatchGetKeysMax, batch.size()));
    const Result<void> done = update_items(dynamodb_, name_, {first, end}, change, {});
    if (!done) return done.error();
  }
  std::vector<uint64_t> counts;
  counts.reserve(names.size());
  for (const std::string& name : names) counts.push_back(std::exchange(removed[name], 0));
  return counts;
}

}  // namespace querymark
