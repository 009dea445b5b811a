// SPDX-License-Identifier: Apache-2.0
// Any bytes as a domain set's file, as they are and with every checksum made right: opening refuses them or
// every probe, name of a list and check stays inside them. The names asked for are those of the corpus' sets.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "domains/domain_set_fixture.h"

using namespace querymark;

static void ask(std::string_view bytes) {
  const Result<DomainSet> set = open_bytes(bytes);
  if (!set) return;
  const std::vector<std::string> names = {"evil.com",          "www.evil.com",       "bad.com",
                                          "www.bad.com",       "good.com",           "absent.com",
                                          "host.listed.co.uk", "a.host.listed.co.uk"};
  for (const MatchMode mode : {MatchMode::kRegistered, MatchMode::kListed}) {
    std::vector<DomainQuery> queries;
    queries.reserve(names.size());
    for (const std::string& name : names)
      queries.push_back({name, fixture_suffixes().registrable_domain(name)});
    std::vector<DomainMatch> answers(names.size());
    const std::unique_ptr<DomainLookup> lookup = make_domain_set_lookup(*set, mode);
    if (!lookup->find(queries, answers)) std::abort();
    for (size_t i = 0; i < names.size(); ++i) {
      // What a match shows is the name asked for or one of its parents.
      if (describe(*set, answers[i]) != find_in_set(*set, fixture_suffixes(), mode, names[i])) std::abort();
      if (!answers[i].entry.empty() && !is_equal_or_below(names[i], answers[i].entry)) std::abort();
    }
  }
  static_cast<void>(set->check());
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  ask(bytes);
  reseal(bytes);
  ask(bytes);
  return 0;
}
