// SPDX-License-Identifier: Apache-2.0
#include "domains/domain_set_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "domains/domain_set_fixture.h"
#include "domains/domain_set_reference.h"

namespace querymark {
namespace {

ReferenceTable numbered_table(size_t row_count) {
  ReferenceTable table{fixture_suffixes(), {"a", "b", "c"}, {}};
  for (size_t i = 0; i < row_count; ++i)
    table.rows.push_back({"www.host" + std::to_string(i / 2) + ".com", EntryScope::kExact,
                          EntryKeep::kRegistered, i % 7 == 0, static_cast<uint32_t>(i % 3)});
  return table;
}

TEST(DomainSetBuilder, EqualRowsAndAnEqualSeedGiveAnEqualFileInAnyOrder) {
  ReferenceTable table = numbered_table(5000);
  const std::string bytes = build_bytes(table, 11);
  std::shuffle(table.rows.begin(), table.rows.end(), std::mt19937(1));
  EXPECT_EQ(build_bytes(table, 11), bytes);
  table.rows.insert(table.rows.end(), table.rows.begin(), table.rows.begin() + 100);
  EXPECT_EQ(build_bytes(table, 11), bytes) << "duplicates change nothing";
  EXPECT_NE(build_bytes(table, 12), bytes);
}

TEST(DomainSetBuilder, DrawsASeedOfItsOwn) {
  const ReferenceTable table = numbered_table(10);
  EXPECT_NE(build_in_memory(table).hash("evil.com"), build_in_memory(table).hash("evil.com"));
}

TEST(DomainSetBuilder, RowsBeyondTheBuffersPassThroughTheWorkFile) {
  const ReferenceTable table = numbered_table(2000);
  const std::string path = fixture_path();
  const std::string filler(200, 'x');
  DomainSetBuilder builder =
      require(DomainSetBuilder::create(path, table.suffixes, source_of(table, std::nullopt)));
  for (const ReferenceRow& row : table.rows) require(builder.add(row.view()));
  constexpr size_t kFillerCount = 400000;  // of 232 bytes each, more than the buffers take
  for (size_t i = 0; i < kFillerCount; ++i) {
    const std::string name = filler + std::to_string(i);
    require(builder.add({name, EntryScope::kExact, EntryKeep::kRegistered, false, 0, UINT64_MAX}));
  }
  require(builder.finish());
  const DomainSet set = require(DomainSet::open(path));
  EXPECT_EQ(set.entry_count() + set.allow_count(), table.rows.size() + kFillerCount);
  for (const ReferenceRow& row : table.rows)
    ASSERT_EQ(find_in_set(set, table.suffixes, MatchMode::kListed, row.name),
              find_listed_slowly(table, row.name));
  for (size_t i = 0; i < kFillerCount; ++i)
    ASSERT_EQ(set.find_listed(filler + std::to_string(i)).verdict, DomainMatch::Verdict::kInteresting);
  std::filesystem::remove(path);
}

TEST(DomainSetBuilder, LeavesNothingBesideItsFile) {
  const std::string folder = fixture_path();
  std::filesystem::create_directory(folder);
  {
    DomainSetBuilder abandoned =
        require(DomainSetBuilder::create(folder + "/set", fixture_suffixes(), {1, {"a"}}));
    require(abandoned.add({"a.com", EntryScope::kExact, EntryKeep::kRegistered, false, 0, UINT64_MAX}));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  DomainSetBuilder builder =
      require(DomainSetBuilder::create(folder + "/set", fixture_suffixes(), {1, {"a"}}));
  require(builder.finish());
  for (const auto& file : std::filesystem::directory_iterator(folder))
    EXPECT_EQ(file.path().filename(), "set");
  std::filesystem::remove_all(folder);
}

TEST(DomainSetBuilder, RefusesRowsThatCannotBe) {
  DomainSetBuilder builder = require(DomainSetBuilder::create_in_memory(fixture_suffixes(), {1, {"a"}}));
  const std::string longest(kNameTextSizeMax, 'x');
  const std::string too_long = longest + "x";
  const auto row = [](std::string_view name, uint32_t list) {
    return DomainSetRow{name, EntryScope::kExact, EntryKeep::kListed, false, list, UINT64_MAX};
  };
  EXPECT_TRUE(builder.add(row(longest, 0)));
  EXPECT_EQ(builder.add(row(too_long, 0)).error().code, Errc::kInvalid);
  EXPECT_EQ(builder.add(row("", 0)).error().code, Errc::kInvalid);
  EXPECT_EQ(builder.add(row("a.com", 1)).error().code, Errc::kInvalid);
  const DomainSet set = require(builder.finish_in_memory());
  EXPECT_EQ(set.find_listed(longest).entry, longest);
}

TEST(DomainSetBuilder, RefusesASuffixListWhoseVersionDoesNotFit) {
  const std::string text = "// VERSION: " + std::string(5000, 'v') + "\ncom\n";
  const SuffixTable suffixes = SuffixTable::compile(*parse_suffix_rules(text, "test"));
  DomainSetBuilder builder = require(DomainSetBuilder::create_in_memory(suffixes, {1, {"a"}}));
  EXPECT_EQ(builder.finish_in_memory().error().code, Errc::kLimit);
}

// Names whose hashes begin with as many zeros: somebody knows the seed.
ReferenceTable aimed_table(size_t row_count, int zero_bits) {
  ReferenceTable table{fixture_suffixes(), {"a"}, {}};
  for (size_t i = 0; table.rows.size() < row_count; ++i) {
    std::string name = std::to_string(i).append(".com");
    if (hash_name(name, 1) >> (64 - zero_bits) == 0) table.rows.push_back({std::move(name)});
  }
  return table;
}

TEST(DomainSetBuilder, SpreadsNamesThatCrowdABlock) {
  const ReferenceTable table = aimed_table(kNamesPerBlockMax + 1, 3);
  const DomainSet set = build_in_memory(table, 1);
  for (const ReferenceRow& row : table.rows)
    ASSERT_EQ(find_in_set(set, table.suffixes, MatchMode::kRegistered, row.name),
              "interesting " + row.name + " exact [a]");
  EXPECT_EQ(find_in_set(set, table.suffixes, MatchMode::kRegistered, "absent.com"), "none");
}

TEST(DomainSetBuilder, GivesUpWhereTheyCannotBeSpread) {
  const ReferenceTable table = aimed_table(kNamesPerBlockMax + 1, 8);
  DomainSetBuilder builder = require(DomainSetBuilder::create_in_memory(table.suffixes, source_of(table, 1)));
  for (const ReferenceRow& row : table.rows) require(builder.add(row.view()));
  EXPECT_EQ(builder.finish_in_memory().error().code, Errc::kLimit);
}

}  // namespace
}  // namespace querymark
