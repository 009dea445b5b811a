// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_lookup.h"

#include <algorithm>
#include <utility>

#include "dns/domain_name.h"

namespace querymark {

DynamoDbLookup::DynamoDbLookup(DynamoDb dynamodb, std::string table, const DynamoDbLookupOptions& options)
    : dynamodb_(std::move(dynamodb)), table_(std::move(table)), options_(options) {}

void DynamoDbLookup::begin(int64_t now) {
  now_ = now;
  shrink(interesting_);
  shrink(allow_);
  unanswered_.clear();
  answered_ = requests_ = keys_asked_ = 0;
}

void DynamoDbLookup::shrink(Cache& cache) const {
  if (options_.lifetime.count() == 0) {
    cache = Cache();
    return;
  }
  const size_t young_max = options_.keys_max / 4;
  if (cache.young.size() <= young_max) return;
  cache.old = std::exchange(cache.young, {});
  // One piece of work may have brought any number.
  while (cache.old.size() > options_.keys_max - young_max) cache.old.erase(cache.old.begin());
}

Result<void> DynamoDbLookup::find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) {
  Missing missing;
  for (size_t i = 0; i < queries.size(); ++i) {
    const std::string_view name =
        options_.match == MatchMode::kRegistered ? queries[i].registrable : queries[i].name;
    answers[i] = DomainMatch();
    if (name.empty()) continue;
    if (const std::optional<DomainMatch> match = decide(name, missing)) {
      answers[i] = *match;
      ++answered_;
    } else {
      answers[i].verdict = DomainMatch::Verdict::kFailed;
      if (!unanswered_.contains(name)) unanswered_.emplace(name);
    }
  }
  return {};
}

std::vector<std::string> DynamoDbLookup::list_names(const DomainMatch& match) const {
  const Cache& cache = match.verdict == DomainMatch::Verdict::kAllowed ? allow_ : interesting_;
  for (const Generation* generation : {&cache.young, &cache.old}) {
    if (const auto found = generation->find(match.entry); found != generation->end())
      return found->second.lists;
  }
  return {};
}

Result<void> DynamoDbLookup::fetch(Deadline deadline) {
  std::optional<Error> error;
  Missing unknowable;
  // At most twice: the names, then what may be allowed of those that matched.
  for (;;) {
    Missing missing;
    for (const std::string& name : unanswered_) decide(name, missing);
    for (const std::string& name : unknowable.interesting) missing.interesting.erase(name);
    for (const std::string& name : unknowable.allow) missing.allow.erase(name);
    if (missing.interesting.empty() && missing.allow.empty()) break;
    if (std::optional<Error> failed = ask(missing, deadline, unknowable)) error = std::move(failed);
  }
  unanswered_.clear();
  if (error) return *error;
  return {};
}

std::optional<Error> DynamoDbLookup::ask(const Missing& missing, Deadline deadline, Missing& unknowable) {
  std::vector<Item> keys;
  for (const std::string& name : missing.interesting) keys.push_back(domain_item_key(name, false));
  for (const std::string& name : missing.allow) keys.push_back(domain_item_key(name, true));
  BatchGetOutcome outcome = dynamodb_.batch_get_items(table_, keys, {}, deadline);
  requests_ += outcome.requests;
  keys_asked_ += keys.size();

  for (const Item& key : outcome.unprocessed) {
    if (const Result<DynamoDbItem> item = read_domain_item(key))
      (item->allow ? unknowable.allow : unknowable.interesting).insert(item->name);
  }
  // What was asked for and neither left over nor found is not there.
  for (const std::string& name : missing.interesting)
    if (!unknowable.interesting.contains(name)) learn_absence(name, false);
  for (const std::string& name : missing.allow)
    if (!unknowable.allow.contains(name)) learn_absence(name, true);
  for (Item& item : outcome.items) learn(std::move(item));
  return std::move(outcome.error);
}

void DynamoDbLookup::learn_absence(std::string_view name, bool allow) {
  const int64_t lifetime = std::max<int64_t>(options_.lifetime.count(), 1);
  (allow ? allow_ : interesting_).young.insert_or_assign(std::string(name), Knowledge{now_ + lifetime});
}

void DynamoDbLookup::learn(Item read) {
  Result<DynamoDbItem> item = read_domain_item(std::move(read));
  if (!item) return;
  item->drop_expired(now_);
  if (item->entries.empty()) return;
  const auto known = (item->allow ? allow_ : interesting_).young.find(item->name);
  if (known == (item->allow ? allow_ : interesting_).young.end()) return;
  Knowledge& knowledge = known->second;
  knowledge.present = true;
  knowledge.scope = item->scope();
  for (StoredEntry& entry : item->entries) {
    if (entry.expires) knowledge.valid_until = std::min(knowledge.valid_until, *entry.expires);
    knowledge.lists.push_back(std::move(entry.list));
  }
}

const DynamoDbLookup::Known* DynamoDbLookup::know(Cache& cache, std::string_view name) {
  auto found = cache.young.find(name);
  if (found == cache.young.end()) {
    const auto older = cache.old.find(name);
    if (older == cache.old.end()) return nullptr;
    found = cache.young.insert(cache.old.extract(older)).position;
  }
  return found->second.valid_until > now_ ? &*found : nullptr;
}

std::optional<DomainMatch> DynamoDbLookup::decide(std::string_view name, Missing& missing) {
  return options_.match == MatchMode::kRegistered ? decide_registered(name, missing)
                                                  : decide_listed(name, missing);
}

DomainMatch DynamoDbLookup::match_of(const Known& known, DomainMatch::Verdict verdict) {
  DomainMatch match;
  match.verdict = verdict;
  match.scope = known.second.scope;
  match.entry = known.first;
  return match;
}

std::optional<DomainMatch> DynamoDbLookup::decide_registered(std::string_view name, Missing& missing) {
  const Known* const known = know(interesting_, name);
  if (known == nullptr) {
    if (!can_be_item_name(name)) return DomainMatch();
    missing.interesting.emplace(name);
    return std::nullopt;
  }
  if (!known->second.present) return DomainMatch();
  const Known* const allowed = know(allow_, name);
  if (allowed == nullptr) {
    missing.allow.emplace(name);
    return std::nullopt;
  }
  if (allowed->second.present) return match_of(*allowed, DomainMatch::Verdict::kAllowed);
  return match_of(*known, DomainMatch::Verdict::kInteresting);
}

// Whether an entry of `name`, which is `query` or above it, counts for `query`.
bool DynamoDbLookup::applies(const Known& known, std::string_view name, std::string_view query) {
  if (!known.second.present) return false;
  return known.second.scope == EntryScope::kSubtree || name.size() == query.size();
}

std::optional<DomainMatch> DynamoDbLookup::decide_listed(std::string_view query, Missing& missing) {
  const Known* interesting = nullptr;
  bool complete = true;
  for (std::string_view name = query; !name.empty() && interesting == nullptr; name = parent_name(name)) {
    const Known* const known = know(interesting_, name);
    if (known != nullptr) {
      if (complete && applies(*known, name, query)) interesting = known;
    } else if (can_be_item_name(name)) {
      missing.interesting.emplace(name);
      complete = false;
    }
  }
  if (!complete) return std::nullopt;
  if (interesting == nullptr) return DomainMatch();

  // An allow entry of the same name wins, as does a more specific one.
  const size_t decided_size = interesting->first.size();
  for (std::string_view name = query; name.size() >= decided_size; name = parent_name(name)) {
    const Known* const allowed = know(allow_, name);
    if (allowed == nullptr) {
      if (!can_be_item_name(name)) continue;
      missing.allow.emplace(name);
      complete = false;
    } else if (complete && applies(*allowed, name, query)) {
      return match_of(*allowed, DomainMatch::Verdict::kAllowed);
    }
  }
  if (!complete) return std::nullopt;
  return match_of(*interesting, DomainMatch::Verdict::kInteresting);
}

size_t DynamoDbLookup::keys() const {
  return interesting_.young.size() + interesting_.old.size() + allow_.young.size() + allow_.old.size();
}

}  // namespace querymark
