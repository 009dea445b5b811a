// SPDX-License-Identifier: Apache-2.0
#include "domains/list_sets.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace querymark {
namespace {

using Names = std::vector<std::string>;

TEST(ListSets, ASetIsKeptOnceAndReadInTheOrderOfNames) {
  ListSetWriter writer({"spam", "ads", "ads", "malware"});
  EXPECT_EQ(writer.ranks(), (std::vector<uint32_t>{2, 0, 0, 1}));
  const uint32_t ads = writer.number(std::vector<uint32_t>{0});
  const uint32_t both = writer.number(std::vector<uint32_t>{0, 2});
  const uint32_t spam = writer.number(std::vector<uint32_t>{2});
  EXPECT_EQ(writer.number(std::vector<uint32_t>{0}), ads);
  EXPECT_EQ(writer.number(std::vector<uint32_t>{0, 2}), both);

  const std::string bytes = *writer.bytes();
  const Result<ListSetReader> reader = ListSetReader::open(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->set_count(), 3U);
  EXPECT_EQ(reader->names(ads), Names{"ads"});
  EXPECT_EQ(reader->names(both), (Names{"ads", "spam"}));
  EXPECT_EQ(reader->names(spam), Names{"spam"});
}

TEST(ListSets, ThereMayBeNone) {
  const std::string bytes = *ListSetWriter({}).bytes();
  const Result<ListSetReader> reader = ListSetReader::open(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->set_count(), 0U);
}

TEST(ListSets, AnyByteChangedIsRefusedOrReadInside) {
  ListSetWriter writer({"spam", "ads"});
  writer.number(std::vector<uint32_t>{1});
  writer.number(std::vector<uint32_t>{0, 1});
  std::string bytes = *writer.bytes();
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      const char right = std::exchange(bytes[at], static_cast<char>(value));
      const Result<ListSetReader> reader = ListSetReader::open(bytes);
      for (uint32_t set = 0; reader && set < reader->set_count(); ++set)
        EXPECT_LE(reader->names(set).size(), 3U);
      bytes[at] = right;
    }
  }
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(ListSetReader::open(std::string_view(bytes).substr(0, size))) << size;
}

}  // namespace
}  // namespace querymark
