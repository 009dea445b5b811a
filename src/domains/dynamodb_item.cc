// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_item.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "aws/json_text.h"
#include "dns/entry_scope.h"

namespace querymark {
namespace {

constexpr std::string_view kLists = "lists";
constexpr std::string_view kScope = "scope";
constexpr std::string_view kKeep = "keep";
constexpr std::string_view kNote = "note";
constexpr std::string_view kFirstSeen = "firstSeen";
constexpr std::string_view kLastSeen = "lastSeen";

std::string key_of(std::string_view name, bool allow) {
  return (allow ? std::string(kAllowPrefix) : std::string()).append(name);
}

// Of the attributes of one list, or of the item itself where it was written without lists.
StoredEntry read_entry(const DynamoDbItem& item, std::string_view list, const Item& attributes) {
  StoredEntry entry;
  entry.name = item.name;
  entry.list = list;
  entry.allow = item.allow;
  entry.scope =
      parse_entry_scope(find_string(attributes, kScope).value_or("")).value_or(EntryScope::kSubtree);
  entry.keep =
      item.allow
          ? EntryKeep::kListed
          : parse_entry_keep(find_string(attributes, kKeep).value_or("")).value_or(EntryKeep::kRegistered);
  entry.note = find_string(attributes, kNote).value_or("");
  entry.first_seen = find_number(attributes, kFirstSeen).value_or(0);
  entry.last_seen = find_number(attributes, kLastSeen).value_or(0);
  entry.expires = find_number(attributes, kItemExpires);
  return entry;
}

const Item* find_map(const Item& item, std::string_view name) {
  const auto found = item.find(name);
  if (found == item.end() || found->second.type != AttributeValue::Type::kMap) return nullptr;
  return &found->second.members;
}

void set_string(Item& item, std::string_view name, std::string_view text) {
  item.insert_or_assign(std::string(name), AttributeValue::string(text));
}

void set_number(Item& item, std::string_view name, std::optional<int64_t> number) {
  if (number) {
    item.insert_or_assign(std::string(name), AttributeValue::number(*number));
  } else if (const auto found = item.find(name); found != item.end()) {
    item.erase(found);
  }
}

std::optional<int64_t> unless_unknown(int64_t time) {
  return time == 0 ? std::nullopt : std::optional(time);
}

// What lists and the item have in common.
void write_entry(const StoredEntry& entry, Item& attributes) {
  set_string(attributes, kScope, to_string(entry.scope));
  if (!entry.allow) set_string(attributes, kKeep, to_string(entry.keep));
  set_number(attributes, kFirstSeen, unless_unknown(entry.first_seen));
  set_number(attributes, kLastSeen, unless_unknown(entry.last_seen));
  set_number(attributes, kItemExpires, entry.expires);
}

// What the item says as a whole: the widest scope, kept registered if any entry is, first seen first and last
// seen last, and the last expiry where every entry has one.
StoredEntry sum_of(const std::vector<StoredEntry>& entries) {
  StoredEntry sum = entries.front();
  for (const StoredEntry& entry : entries) {
    sum.scope = std::max(sum.scope, entry.scope);
    sum.keep = std::min(sum.keep, entry.keep);
    if (entry.first_seen != 0 && (sum.first_seen == 0 || entry.first_seen < sum.first_seen))
      sum.first_seen = entry.first_seen;
    sum.last_seen = std::max(sum.last_seen, entry.last_seen);
    sum.expires = sum.expires && entry.expires ? std::max(sum.expires, entry.expires) : std::nullopt;
  }
  return sum;
}
static_assert(EntryScope::kExact < EntryScope::kSubtree && EntryKeep::kRegistered < EntryKeep::kListed);

}  // namespace

void DynamoDbItem::drop_expired(int64_t now) {
  std::erase_if(entries, [now](const StoredEntry& entry) { return entry.expires && *entry.expires <= now; });
}

EntryScope DynamoDbItem::scope() const {
  return sum_of(entries).scope;
}

Item DynamoDbItem::to_item() const {
  Item item = attributes;
  set_string(item, kItemKey, key_of(name, allow));
  write_entry(sum_of(entries), item);
  AttributeValue lists;
  lists.type = AttributeValue::Type::kMap;
  const Item* const before = find_map(attributes, kLists);
  for (const StoredEntry& entry : entries) {
    const Item* const list_before = before == nullptr ? nullptr : find_map(*before, entry.list);
    AttributeValue list;
    list.type = AttributeValue::Type::kMap;
    if (list_before != nullptr) list.members = *list_before;
    write_entry(entry, list.members);
    if (!entry.note.empty()) set_string(list.members, kNote, entry.note);
    lists.members.emplace(entry.list, std::move(list));
  }
  item.insert_or_assign(std::string(kLists), std::move(lists));
  return item;
}

Item domain_item_key(std::string_view name, bool allow) {
  Item key;
  set_string(key, kItemKey, key_of(name, allow));
  return key;
}

bool can_be_item_name(std::string_view name) {
  return !name.empty() && !name.starts_with(kAllowPrefix) && is_utf8(name);
}

Result<DynamoDbItem> read_domain_item(Item item) {
  const std::optional<std::string_view> key = find_string(item, kItemKey);
  if (!key || key->empty()) return Error::corrupt("item without the key " + std::string(kItemKey));
  DynamoDbItem read;
  read.allow = key->starts_with(kAllowPrefix);
  read.name = key->substr(read.allow ? kAllowPrefix.size() : 0);
  if (const Item* const lists = find_map(item, kLists); lists != nullptr) {
    for (const auto& [list, value] : *lists) {
      if (value.type != AttributeValue::Type::kMap) continue;
      read.entries.push_back(read_entry(read, list, value.members));
      // The item's own expiry, set by hand, holds for lists that say nothing of one.
      if (!read.entries.back().expires) read.entries.back().expires = find_number(item, kItemExpires);
    }
  }
  if (read.entries.empty()) read.entries.push_back(read_entry(read, kManualList, item));
  read.attributes = std::move(item);
  return read;
}

}  // namespace querymark
