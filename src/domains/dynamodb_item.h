// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/attribute_value.h"
#include "base/result.h"
#include "domains/domain_table.h"

// A name of the table as DynamoDB holds it (docs/table.md): one item with what every list says of it.
//
//   {"domainName": "evil.com", "scope": "subtree", "keep": "registered",
//    "lists": {"ads": {"scope": "subtree", "keep": "registered", "firstSeen": 1795533532, …}}, …}
//   -> entries {evil.com, list ads, kSubtree, kRegistered, …}
//
// An item with the key alone, as the reference's importer and hands write it, is an entry of the list
// `manual`, kept registered, scope subtree: the reference matches the domain and all names below it.
// Cost: microseconds. Threads: all functions are pure.
namespace querymark {

inline constexpr std::string_view kItemKey = "domainName";
inline constexpr std::string_view kItemExpires = "expires";  // the attribute for DynamoDB's TTL
// Of allow entries, before the name.
inline constexpr std::string_view kAllowPrefix = "allow#";
// The list of what was written without one.
inline constexpr std::string_view kManualList = "manual";

struct DynamoDbItem {
  std::string name;  // normal form, without kAllowPrefix
  bool allow = false;
  // One a list, by list. Their `name` and `allow` are the item's; `note` is empty and times are 0 where the
  // item has none.
  std::vector<StoredEntry> entries;
  // As it was read; what is not known here survives to_item(). Empty for a new one.
  Item attributes;

  // Takes out entries that match nothing any more. DynamoDB itself may take two days to delete them.
  void drop_expired(int64_t now);
  // The widest of all entries. REQUIRES: there are some.
  EntryScope scope() const;
  // `attributes` brought up to `entries`. The TTL's attribute is there only where every entry has an expiry,
  // so that DynamoDB deletes nothing that a list still holds. REQUIRES: there are entries; an item without
  // any is to be deleted.
  Item to_item() const;
};

// The item's key alone: {"domainName": "allow#evil.com"}.
Item domain_item_key(std::string_view name, bool allow);
// Whether a key can be asked for under this name at all: what DynamoDB's keys cannot hold (not UTF-8), and
// what would be read as an allow entry's key, is in no table.
bool can_be_item_name(std::string_view name);

// kCorrupt for an item without the key. Other attributes that have not the form they should are taken for
// missing: an item that is there always means its name.
Result<DynamoDbItem> read_domain_item(Item item);

}  // namespace querymark
