// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "aws/dynamodb.h"
#include "base/deadline.h"
#include "base/result.h"
#include "dns/entry_scope.h"
#include "domains/domain_lookup.h"
#include "domains/dynamodb_item.h"

// The table in DynamoDB (domains/dynamodb_item.h) behind a marker, with a cache of what is there and what is
// not.
//
//   lookup.begin(now);                       a piece of work: a Firehose event, a chunk of a file
//   marker.mark(chunk, true, marked);        names that are not cached are answered kFailed, and noted
//   lookup.fetch(deadline);                  asks for all that were noted, 100 a request
//   … what was not answered is marked again, now from the cache …
//
// Asked for are, in `registered` matching, the registrable domain; in `listed` matching the name and all its
// parents; and for what matched, whether an allow entry says otherwise. Requests: distinct keys that are not
// cached / 100, rounded up, and the same again of the allow entries' keys.
//
// What was read is trusted for `lifetime`, and no longer than until an entry of it expires; that is looked at
// when a piece of work begins, so that what one pass found is still there for the next. Memory: some 150
// bytes a key, `keys_max` keys of either kind between pieces of work; within one, as many as it needs.
// Cost: a cached name some 50 ns. Threads: one at a time.
namespace querymark {

struct DynamoDbLookupOptions {
  MatchMode match = MatchMode::kRegistered;
  std::chrono::seconds lifetime{60};  // 0: nothing is kept for the next piece of work
  size_t keys_max = 100'000;
};

class DynamoDbLookup final : public DomainLookup {
 public:
  DynamoDbLookup(DynamoDb dynamodb, std::string table, const DynamoDbLookupOptions& options);

  // `now`: Unix seconds.
  void begin(int64_t now);

  // From the cache alone; never an Error.
  Result<void> find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) override;
  std::vector<std::string> list_names(const DomainMatch& match) const override;

  // Reads what find() could not answer since begin(). An Error says why some of it is not known now either.
  Result<void> fetch(Deadline deadline);

  // Keys of which something is kept.
  size_t keys() const;
  // Since begin(): queries that what is known of the table answered, BatchGetItem requests, and the keys they
  // asked for.
  uint64_t answered() const { return answered_; }
  uint64_t requests() const { return requests_; }
  uint64_t keys_asked() const { return keys_asked_; }

 private:
  // What is known of one key.
  struct Knowledge {
    int64_t valid_until;
    bool present = false;  // else there is no such item
    EntryScope scope = EntryScope::kExact;
    std::vector<std::string> lists{};
  };
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Names = std::unordered_set<std::string, TextHash, std::equal_to<>>;
  using Generation = std::unordered_map<std::string, Knowledge, TextHash, std::equal_to<>>;
  using Known = Generation::value_type;
  // When the younger generation is full it becomes the older one, of which is forgotten what nobody asks for
  // until the next time.
  struct Cache {
    Generation young;
    Generation old;
  };
  // Keys that were needed and are not known.
  struct Missing {
    Names interesting;
    Names allow;
  };

  // Null where nothing is known, and where that is too old.
  const Known* know(Cache& cache, std::string_view name);
  // Nothing where it cannot be said yet, for the want of `missing`.
  std::optional<DomainMatch> decide(std::string_view name, Missing& missing);
  std::optional<DomainMatch> decide_registered(std::string_view name, Missing& missing);
  std::optional<DomainMatch> decide_listed(std::string_view name, Missing& missing);
  static bool applies(const Known& known, std::string_view name, std::string_view query);
  static DomainMatch match_of(const Known& known, DomainMatch::Verdict verdict);
  std::optional<Error> ask(const Missing& missing, Deadline deadline, Missing& unknowable);
  void learn(Item item);
  void learn_absence(std::string_view name, bool allow);
  void shrink(Cache& cache) const;

  DynamoDb dynamodb_;
  std::string table_;
  DynamoDbLookupOptions options_;
  int64_t now_ = 0;
  Cache interesting_;
  Cache allow_;
  Names unanswered_;  // what decide() is to be asked again
  uint64_t answered_ = 0;
  uint64_t requests_ = 0;
  uint64_t keys_asked_ = 0;
};

}  // namespace querymark
