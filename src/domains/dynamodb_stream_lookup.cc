// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_stream_lookup.h"

#include <algorithm>
#include <ctime>

namespace querymark {

Result<void> DynamoDbStreamLookup::find(std::span<const DomainQuery> queries,
                                        std::span<DomainMatch> answers) {
  lookup_.begin(std::time(nullptr));
  Result<void> found = lookup_.find(queries, answers);
  const bool whole = std::none_of(answers.begin(), answers.end(), [](const DomainMatch& match) {
    return match.verdict == DomainMatch::Verdict::kFailed;
  });
  if (!found || whole) return found;
  if (Result<void> fetched = lookup_.fetch(Deadline::never()); !fetched) return fetched;
  return lookup_.find(queries, answers);
}

}  // namespace querymark
