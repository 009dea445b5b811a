// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Random numbers that are the same with every compiler and on every machine, which the standard library's
// distributions are not: SplitMix64, integers only. A few nanoseconds a number.
//
//   Random random(seed, 7);              the numbers of the seed's item 7
//   random.chance(10)                    true ten times in a thousand
//   random.pick(kRegions)                one of an array
namespace querymark::corpus {

constexpr uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

class Random {
 public:
  // Item `index` of a seed's sequence has numbers of its own, whatever was drawn for the items before it.
  constexpr Random(uint64_t seed, uint64_t index) : state_(mix(seed + 1) ^ mix((index + 1) * kGolden)) {}

  constexpr uint64_t next() { return mix(state_ += kGolden); }
  constexpr uint64_t below(uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>((Wide{next()} * bound) >> 64);
  }
  constexpr bool chance(unsigned per_mille) { return below(1000) < per_mille; }
  template <typename T, size_t kSize>
  constexpr const T& pick(const T (&items)[kSize]) {
    return items[below(kSize)];
  }

 private:
  static constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
  uint64_t state_;
};

}  // namespace querymark::corpus
