// SPDX-License-Identifier: Apache-2.0
// What DynamoDbTable reads: single names, and the whole table for what asks about many.
#include <fnmatch.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <tuple>
#include <utility>

#include "dns/domain_name.h"
#include "domains/dynamodb_table.h"

namespace querymark {
namespace {

constexpr Errc kSeenEnough = Errc::kClosed;  // ends a scan

bool is_expired(const StoredEntry& entry, int64_t now) {
  return entry.expires && *entry.expires <= now;
}

// As SqliteTable reads the pattern.
class NamePattern {
 public:
  explicit NamePattern(const std::string& text) : text_(text), normal_(normalize_name(text).text()) {
    for (char& c : text_) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    is_glob_ = text_.find_first_of("*?") != std::string::npos;
  }
  bool matches(const std::string& name) const {
    if (is_glob_) return ::fnmatch(text_.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
    return name.find(text_) != std::string::npos || (!normal_.empty() && name == normal_);
  }

 private:
  std::string text_;
  std::string normal_;
  bool is_glob_ = false;
};

}  // namespace

Result<std::vector<StoredEntry>> DynamoDbTable::find_entries(std::string_view name) {
  std::vector<StoredEntry> entries;
  if (!can_be_item_name(name)) return entries;
  const std::vector<Item> keys = {domain_item_key(name, false), domain_item_key(name, true)};
  BatchGetOutcome outcome =
      dynamodb_.batch_get_items(name_, keys, {.attributes = {}, .consistent = true}, Deadline::never());
  if (outcome.error) return *outcome.error;
  for (Item& item : outcome.items) {
    Result<DynamoDbItem> read = read_domain_item(std::move(item));
    if (!read) return read.error();
    std::move(read->entries.begin(), read->entries.end(), std::back_inserter(entries));
  }
  std::sort(entries.begin(), entries.end(), [](const StoredEntry& a, const StoredEntry& b) {
    return std::tie(a.list, a.allow) < std::tie(b.list, b.allow);
  });
  return entries;
}

Result<std::vector<StoredEntry>> DynamoDbTable::find_entries_below(std::string_view domain,
                                                                   size_t count_max) {
  std::vector<StoredEntry> entries;
  const Result<void> visited = visit_entries({}, [&](const StoredEntry& entry) {
    if (entry.name.size() > domain.size() && is_equal_or_below(entry.name, domain)) entries.push_back(entry);
    return entries.size() < count_max;
  });
  if (!visited) return visited.error();
  return entries;
}

Result<void> DynamoDbTable::visit_items(const std::function<Result<bool>(const DynamoDbItem&)>& visit) const {
  const auto on_page = [&visit](std::vector<Item> items) -> Result<void> {
    for (Item& item : items) {
      const Result<DynamoDbItem> read = read_domain_item(std::move(item));
      if (!read) return read.error();
      const Result<bool> more = visit(*read);
      if (!more) return more.error();
      if (!*more) return Error{kSeenEnough, ""};
    }
    return {};
  };
  ScanOptions options;
  options.read.consistent = true;
  Result<void> scanned = dynamodb_.scan(name_, options, on_page, Deadline::never());
  if (!scanned && scanned.error().code == kSeenEnough) return {};
  return scanned;
}

Result<void> DynamoDbTable::visit_entries(const EntryFilter& filter,
                                          const std::function<bool(const StoredEntry&)>& visit) {
  const NamePattern pattern(filter.pattern);
  return visit_items([&](const DynamoDbItem& item) -> Result<bool> {
    if (item.allow != filter.allow || (!filter.pattern.empty() && !pattern.matches(item.name))) return true;
    for (const StoredEntry& entry : item.entries) {
      if (!filter.list.empty() && entry.list != filter.list) continue;
      if (!visit(entry)) return false;
    }
    return true;
  });
}

Result<void> DynamoDbTable::visit_names(bool allow, const std::function<bool(std::string_view)>& visit) {
  const int64_t now = std::time(nullptr);
  return visit_items([&](const DynamoDbItem& item) -> Result<bool> {
    const bool stands = item.allow == allow &&
                        std::any_of(item.entries.begin(), item.entries.end(),
                                    [now](const StoredEntry& entry) { return !is_expired(entry, now); });
    return !stands || visit(item.name);
  });
}

Result<std::vector<ListSummary>> DynamoDbTable::lists() {
  const int64_t now = std::time(nullptr);
  std::map<std::string, ListSummary> lists;
  const Result<void> visited = visit_items([&](const DynamoDbItem& item) -> Result<bool> {
    for (const StoredEntry& entry : item.entries) {
      ListSummary& list = lists[entry.list];
      list.name = entry.list;
      ++(entry.allow ? list.allow_entries : list.entries);
      list.expired += is_expired(entry, now) ? 1 : 0;
      list.last_import = std::max(list.last_import, entry.last_seen);
    }
    return true;
  });
  if (!visited) return visited.error();
  std::vector<ListSummary> summaries;
  for (auto& [name, list] : lists) {
    list.last_attempt = list.last_import;
    summaries.push_back(std::move(list));
  }
  return summaries;
}

Result<void> DynamoDbTable::record_failure(const std::string&, int64_t, const std::string&) {
  return {};
}

Result<void> DynamoDbTable::visit_bad_rows(const SuffixTable& suffixes,
                                           const std::function<void(const BadRow&)>& visit) {
  return visit_items([&](const DynamoDbItem& item) -> Result<bool> {
    const std::string reason = name_fault(item.name, suffixes);
    if (reason.empty()) return true;
    for (const StoredEntry& entry : item.entries) visit({item.name, entry.list, item.allow, reason});
    return true;
  });
}

Result<TableDescription> DynamoDbTable::describe() const {
  Result<TableDescription> table = dynamodb_.describe_table(name_, Deadline::never());
  if (!table) return table;
  const std::vector<KeyAttribute>& key = table->key;
  if (key.size() != 1 || key[0].name != kItemKey || key[0].type != "S")
    return Error::invalid("the DynamoDB table " + name_ + " has another key than the string " +
                          std::string(kItemKey));
  if (table->status != "ACTIVE" && table->status != "UPDATING")
    return Error{Errc::kBusy, "the DynamoDB table " + name_ + " is " + table->status};
  return table;
}

Result<bool> DynamoDbTable::is_empty() const {
  bool empty = true;
  ScanOptions options;
  options.page_items_max = 1;
  options.read.attributes = {std::string(kItemKey)};
  const auto on_page = [&empty](const std::vector<Item>& items) -> Result<void> {
    empty = items.empty();
    return empty ? Result<void>() : Error{kSeenEnough, ""};
  };
  const Result<void> scanned = dynamodb_.scan(name_, options, on_page, Deadline::never());
  if (!scanned && scanned.error().code != kSeenEnough) return scanned.error();
  return empty;
}

}  // namespace querymark
