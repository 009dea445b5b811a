// SPDX-License-Identifier: Apache-2.0
#include "psl/suffix_labels.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>

namespace querymark {
namespace {

std::string random_name(std::mt19937& random) {
  std::string name;
  for (size_t labels = 1 + random() % 8; labels > 0; --labels) {
    for (size_t size = 1 + random() % (random() % 4 == 0 ? 70 : 12); size > 0; --size)
      name += "/-a\xAE\xFF"[random() % 5];
    name += '.';
  }
  name.pop_back();
  return name;
}

TEST(SuffixLabels, AreTheNamesLabelsFromTheRight) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    // Of its exact size on the heap, so that the sanitizers see a read outside.
    const std::string text = random_name(random);
    const std::unique_ptr<char[]> bytes(new char[text.size()]);
    std::memcpy(bytes.get(), text.data(), text.size());
    const std::string_view name(bytes.get(), text.size());
    SuffixLabels labels(name);
    for (size_t end = name.size();; --end) {
      const size_t begin = name.substr(0, end).rfind('.') + 1;  // 0 where there is no dot
      const SuffixLabel label = labels.before(end);
      ASSERT_EQ(label.begin, begin) << name;
      ASSERT_EQ(label.size, end - begin) << name;
      uint64_t tail = 0;
      for (size_t i = end; i-- > std::max(begin + 8, end) - 8;)
        tail = tail << 8 | static_cast<unsigned char>(name[i]);
      ASSERT_EQ(label.tail, tail) << name;
      ASSERT_TRUE(label.size > 8 || label.head_hash == 0) << name;
      end = begin;
      if (end == 0) break;
    }
  }
}

TEST(SuffixLabels, ALabelIsTheSameInEveryName) {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    const std::string label(1 + random() % 63, static_cast<char>('a' + random() % 26));
    SuffixLabels alone(label);
    const SuffixLabel expected = alone.before(label.size());
    const std::string prefix = random_name(random) + ".";
    const std::string name = prefix + label;
    SuffixLabels labels(name);
    const SuffixLabel found = labels.before(name.size());
    EXPECT_EQ(std::tuple(found.begin - prefix.size(), found.size, found.tail, found.head_hash),
              std::tuple(expected.begin, expected.size, expected.tail, expected.head_hash))
        << name;
  }
}

TEST(SuffixLabels, HeadsThatDifferHashDifferently) {
  std::map<uint64_t, std::string> seen;
  for (size_t size = 9; size <= 63; ++size)
    for (char c = 'a'; c <= 'z'; ++c) {
      const std::string label = std::string(size - 8, c) + "tailtail";
      SuffixLabels labels(label);
      EXPECT_TRUE(seen.emplace(labels.before(size).head_hash, label).second) << label;
    }
}

TEST(SuffixLabels, DotsAreFoundAlikeOnEveryProcessor) {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    char bytes[16];
    for (char& c : bytes) c = "..-/\xAE\x01"[random() % 6];
    uint64_t dots = 0;
    for (size_t i = 0; i < sizeof bytes; ++i) dots |= uint64_t{bytes[i] == '.'} << i;
    ASSERT_EQ(dots_of_16(bytes), dots);
    ASSERT_EQ(dots_of_16_portably(bytes), dots);
  }
}

}  // namespace
}  // namespace querymark
