// SPDX-License-Identifier: Apache-2.0
#include "corpus/domains.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "psl/suffix_table.h"

namespace querymark::corpus {
namespace {

std::string domain(uint64_t index) {
  std::string out;
  append_domain(out, index);
  return out;
}

TEST(CorpusDomains, ANumberGivesAlwaysTheSameDomain) {
  EXPECT_EQ(domain(0), "lionblaze24.com");
  EXPECT_EQ(domain(kPopularCount), "diamondhugitech.com");
  EXPECT_EQ(domain(kTailEnd), "h7v66ubvdgycawtgdgy.info");
}

TEST(CorpusDomains, NoTwoNumbersGiveTheSameDomain) {
  std::vector<std::string> domains;
  for (uint64_t i = 0; i < kPopularCount; ++i) domains.push_back(domain(i));
  for (uint64_t i = kPopularCount; i < kTailEnd; i += 97) domains.push_back(domain(i));
  for (uint64_t i = kTailEnd; i < kDomainCount; i += 7) domains.push_back(domain(i));
  std::sort(domains.begin(), domains.end());
  const auto twice = std::adjacent_find(domains.begin(), domains.end());
  EXPECT_EQ(twice, domains.end()) << *twice;
}

TEST(CorpusDomains, EachIsARegistrableDomain) {
  const SuffixTable& suffixes = SuffixTable::built_in();
  for (uint64_t i = 0; i < kDomainCount; i += 1009) {
    EXPECT_EQ(suffixes.registrable_domain(domain(i)), domain(i));
  }
}

TEST(CorpusDomains, PopularOnesAreDrawnByZipfsLaw) {
  const ZipfDomains zipf;
  Random random(1, 0);
  constexpr int kDraws = 200000;
  int first = 0;
  int second = 0;
  int first_hundred = 0;
  for (int i = 0; i < kDraws; ++i) {
    const uint64_t drawn = zipf.draw(random);
    ASSERT_LT(drawn, kPopularCount);
    first += drawn == 0;
    second += drawn == 1;
    first_hundred += drawn < 100;
  }
  EXPECT_NEAR(first, kDraws / 12.8, kDraws * 0.005);
  EXPECT_NEAR(second, first / 2.0, kDraws * 0.005);
  EXPECT_NEAR(first_hundred, kDraws * 0.406, kDraws * 0.01);
}

TEST(CorpusDomains, AListNamesNoDomainTwiceAndNoneOfTheMostPopular) {
  std::vector<bool> seen(kDomainCount);
  for (uint64_t position = 0; position < kInterestingCount; ++position) {
    const uint64_t index = interesting_domain(5, position);
    ASSERT_LT(index, kDomainCount);
    ASSERT_GE(index, kNeverInterestingCount);
    ASSERT_FALSE(seen[index]);
    seen[index] = true;
  }
}

}  // namespace
}  // namespace querymark::corpus
