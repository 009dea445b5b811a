// SPDX-License-Identifier: Apache-2.0
#include "psl/suffix_labels.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

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

// The first byte lowest.
uint64_t word_of(std::string_view bytes) {
  uint64_t word = 0;
  for (size_t i = bytes.size(); i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[i]);
  return word;
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
      ASSERT_EQ(label.tail,
                word_of(name.substr(std::max(begin + 8, end) - 8, std::min<size_t>(label.size, 8))));
      ASSERT_EQ(label.head, label.size > 8 ? word_of(name.substr(begin, 8)) : 0) << name;
      end = begin;
      if (end == 0) break;
    }
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
