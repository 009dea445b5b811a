// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/entry_scope.h"

// The one question that marking asks of a table of interesting domains, in batches: which entry decides for
// this name? Whoever can answer it can stand behind the marker: the mapped domain set, a DynamoDB table with
// a cache.
namespace querymark {

struct DomainQuery {
  std::string_view name;         // normal form
  std::string_view registrable;  // of name, a view into it; empty where it has none
};

// A decision: the entry that decided and what it says.
struct DomainMatch {
  // kFailed: the table could not be asked (a block of the set is damaged, a request was throttled): there is
  // no answer, and the record must not be stored as unmatched.
  enum class Verdict : uint8_t { kNone, kInteresting, kAllowed, kFailed };
  Verdict verdict = Verdict::kNone;
  EntryScope scope = EntryScope::kExact;
  uint32_t lists = 0;      // for DomainLookup::list_names
  std::string_view entry;  // the name that decided; lives as long as the lookup answers no other batch
};

class DomainLookup {
 public:
  virtual ~DomainLookup() = default;

  // answers[i] is for queries[i]. An error means that no question was answered, and why.
  // REQUIRES: as many answers as queries; one thread at a time, or an implementation that says otherwise.
  virtual Result<void> find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) = 0;

  // The lists behind a match, in the order of their names.
  virtual std::vector<std::string> list_names(const DomainMatch& match) const = 0;
};

}  // namespace querymark
