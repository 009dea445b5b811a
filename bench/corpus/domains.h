// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "corpus/random.h"

// The world's registrable domains: a number gives a domain, always the same one, no two the same.
//
//   [0, kPopularCount)             asked for by Zipf's law, the first most often
//   [kPopularCount, kTailEnd)      the long tail, each as rare as the other
//   [kTailEnd, kDomainCount)       made by algorithms of malware
namespace querymark::corpus {

inline constexpr uint64_t kPopularCount = 200'000;
inline constexpr uint64_t kTailEnd = kPopularCount + 20'000'000;
inline constexpr uint64_t kDomainCount = kTailEnd + 1'000'000;

// Without a trailing dot: "stormriver24.co.uk", "copperbakohub.com", "q7vkw2x4mzp3nq.top".
void append_domain(std::string& out, uint64_t index);

// Draws from [0, kPopularCount): domain k with weight 1 / (k + 1).
class ZipfDomains {
 public:
  ZipfDomains();
  uint64_t draw(Random& random) const;

 private:
  std::vector<uint64_t> sums_;  // of the weights up to and with each domain's
};

// Number `position` of a list of interesting domains: any but the hundred most popular. Lists of one seed are
// prefixes of each other. REQUIRES: position < kInterestingCount.
inline constexpr uint64_t kNeverInterestingCount = 100;
inline constexpr uint64_t kInterestingCount = kDomainCount - kNeverInterestingCount;
uint64_t interesting_domain(uint64_t seed, uint64_t position);

}  // namespace querymark::corpus
