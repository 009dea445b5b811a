// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "domains/domain_lookup.h"

// For the tests: a table of interesting first-level domains in a map. It can fail as a real one does.
namespace querymark {

class TestLookup final : public DomainLookup {
 public:
  Result<void> find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) override {
    ++calls;
    if (!failure.empty()) return Error{Errc::kIo, failure};
    for (size_t i = 0; i < queries.size(); ++i) answers[i] = answer(std::string(queries[i].registrable));
    return {};
  }
  std::vector<std::string> list_names(const DomainMatch&) const override {
    return {"phishing", "watch \"2\""};
  }

  std::map<std::string, DomainMatch::Verdict> verdicts;
  std::string failure;
  int calls = 0;

 private:
  DomainMatch answer(const std::string& domain) {
    const auto found = verdicts.find(domain);
    DomainMatch match;
    if (found == verdicts.end()) return match;
    match.verdict = found->second;
    match.entry = found->first;
    return match;
  }
};

inline TestLookup evil_lookup() {
  TestLookup lookup;
  lookup.verdicts = {{"evil.com", DomainMatch::Verdict::kInteresting},
                     {"evil.co.uk", DomainMatch::Verdict::kInteresting},
                     {"xn--e1afmkfd.xn--p1ai", DomainMatch::Verdict::kInteresting},
                     {"good.com", DomainMatch::Verdict::kAllowed},
                     {"lost.com", DomainMatch::Verdict::kFailed}};
  return lookup;
}

}  // namespace querymark
