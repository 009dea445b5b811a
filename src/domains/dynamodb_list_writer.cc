// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_list_writer.h"

#include <algorithm>
#include <utility>

namespace querymark {

DynamoDbListWriter::DynamoDbListWriter(const DynamoDb& dynamodb, std::string table, const ListUpdate& update,
                                       const SuffixTable& suffixes, const ListWriterOptions& options)
    : update_(update),
      suffixes_(suffixes),
      goes_on_(options.goes_on),
      updater_(
          dynamodb, std::move(table),
          [this](const ItemName& name, DynamoDbItem& item) { return change(name, item); },
          {.deadline = options.deadline, .dry_run = update.dry_run}, options.threads) {}

std::string_view DynamoDbListWriter::item_name(std::string_view name, bool allow, EntryKeep keep,
                                               const SuffixTable& suffixes) {
  if (allow || keep == EntryKeep::kListed) return name;
  const std::string_view registrable = suffixes.registrable_domain(name);
  return registrable.empty() ? name : registrable;
}

EntryScope* DynamoDbListWriter::find_recent(const std::string& key) {
  for (Names* names : {&recent_, &before_}) {
    if (const auto found = names->find(key); found != names->end()) return &found->second;
  }
  return nullptr;
}

Result<void> DynamoDbListWriter::add(const TableEntry& entry) {
  const std::string_view name = item_name(entry.name, entry.allow, update_.keep, suffixes_);
  const EntryScope scope = name.size() == entry.name.size() ? entry.scope : EntryScope::kSubtree;
  std::string key(entry.allow ? kAllowPrefix : std::string_view());
  key += name;
  const Place place{adds_++, repeated_};
  EntryScope* const known = find_recent(key);
  if (known != nullptr) {
    ++repeated_;
    if (*known >= scope) return {};
    *known = scope;
    // The item may be under way with the narrower scope.
    if (Result<void> flushed = updater_.flush(); !flushed) return flushed;
  } else {
    if (recent_.size() >= kRecentNames / 2) before_ = std::exchange(recent_, {});
    recent_.emplace(std::move(key), scope);
  }
  in_flight_.push_back(place);
  if (in_flight_.size() > updater_.in_flight_max()) in_flight_.pop_front();
  return updater_.add({std::string(name), entry.allow, scope, known != nullptr});
}

Result<uint64_t> DynamoDbListWriter::stop() {
  const Result<size_t> dropped = updater_.stop();
  if (!dropped) return dropped.error();
  if (*dropped > 0) {
    const Place& first = in_flight_[in_flight_.size() - *dropped];
    adds_ = first.adds;
    repeated_ = first.repeated;
  }
  return adds_;
}

// On the updater's threads.
bool DynamoDbListWriter::change(const ItemName& name, DynamoDbItem& item) {
  const auto found = std::find_if(item.entries.begin(), item.entries.end(),
                                  [this](const StoredEntry& entry) { return entry.list == update_.list; });
  StoredEntry* entry = nullptr;
  EntryScope scope = name.scope;
  if (found == item.entries.end()) {
    ++added_;
    entry = &item.entries.emplace_back();
    entry->name = item.name;
    entry->list = update_.list;
    entry->allow = item.allow;
    entry->first_seen = update_.now;
  } else {
    entry = &*found;
    const bool seen_by_this = entry->last_seen == update_.now;
    if (seen_by_this) scope = std::max(scope, entry->scope);
    if (!name.again) ++(seen_by_this && goes_on_ ? seen_by_this_ : already_there_);
  }
  entry->scope = scope;
  entry->keep = item.allow ? EntryKeep::kListed : update_.keep;
  entry->last_seen = update_.now;
  entry->expires = update_.expires;
  if (update_.note) entry->note = *update_.note;
  return true;
}

ListUpdateCounts DynamoDbListWriter::counts() const {
  return {
      .added = added_, .already_there = already_there_, .removed = 0, .repeated = repeated_ + seen_by_this_};
}

}  // namespace querymark
