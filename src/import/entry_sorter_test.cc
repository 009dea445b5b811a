// SPDX-License-Identifier: Apache-2.0
#include "import/entry_sorter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>

namespace querymark {
namespace {

// What the sorter must do, the obvious way.
struct PlainEntry {
  bool allow;
  std::string name;
  uint32_t source;
  uint64_t line;
  EntryScope scope;
  bool is_registrable;

  auto all() const { return std::tie(allow, name, source, line, scope, is_registrable); }
  bool operator<(const PlainEntry& other) const { return all() < other.all(); }
  bool operator==(const PlainEntry& other) const { return all() == other.all(); }
};

std::vector<PlainEntry> random_entries(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<PlainEntry> entries;
  for (size_t i = 0; i < count; ++i) {
    std::string name;
    for (size_t size = random() % 20; name.size() < size;) name.push_back("abc.-\xC3"[random() % 6]);
    entries.push_back({.allow = random() % 4 == 0,
                       .name = name,
                       .source = static_cast<uint32_t>(random() % 3),
                       .line = i,
                       .scope = random() % 2 == 0 ? EntryScope::kExact : EntryScope::kSubtree,
                       .is_registrable = random() % 2 == 0});
  }
  return entries;
}

std::vector<PlainEntry> sorted_by_sorter(const std::vector<PlainEntry>& entries, size_t memory_max) {
  EntrySorter sorter(memory_max);
  for (const PlainEntry& entry : entries) {
    EXPECT_TRUE(sorter.add({.name = entry.name,
                            .scope = entry.scope,
                            .allow = entry.allow,
                            .is_registrable = entry.is_registrable,
                            .source = entry.source,
                            .line = entry.line}));
  }
  EXPECT_TRUE(sorter.sort());
  std::vector<PlainEntry> sorted;
  for (;;) {
    const Result<std::optional<SortEntry>> next = sorter.next();
    EXPECT_TRUE(next);
    if (!next || !*next) return sorted;
    const SortEntry& entry = **next;
    sorted.push_back(
        {entry.allow, std::string(entry.name), entry.source, entry.line, entry.scope, entry.is_registrable});
  }
}

TEST(EntrySorter, SortsAsAPlainSortDoesHoweverManyPiecesItTakes) {
  for (const size_t count : {0, 1, 2, 100, 5000}) {
    std::vector<PlainEntry> entries = random_entries(count, static_cast<uint32_t>(count));
    std::vector<PlainEntry> expected = entries;
    std::sort(expected.begin(), expected.end());
    for (const size_t memory_max : {size_t{1}, size_t{200}, size_t{5000}, kSortMemoryMax})
      EXPECT_TRUE(sorted_by_sorter(entries, memory_max) == expected) << count << " entries, " << memory_max;
  }
}

TEST(EntrySorter, NamesMayLieAcrossTheEndOfABuffer) {
  std::vector<PlainEntry> entries;
  for (uint64_t i = 0; i < 300; ++i)
    entries.push_back(
        {false, std::string(1000 + i, static_cast<char>('a' + i % 26)), 0, i, EntryScope::kExact, true});
  std::vector<PlainEntry> expected = entries;
  std::sort(expected.begin(), expected.end());
  EXPECT_TRUE(sorted_by_sorter(entries, size_t{100} << 10) == expected);
}

TEST(EntrySorter, AMissingWorkFolderIsAnError) {
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere", 1), 0);
  EntrySorter sorter(1);
  const Result<void> added = sorter.add({.name = "evil.com"});
  ::unsetenv("TMPDIR");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace querymark
