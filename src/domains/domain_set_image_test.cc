// SPDX-License-Identifier: Apache-2.0
// Damage: whatever happens to the bytes of a set, no probe gives a wrong answer.
#include "domains/domain_set_image.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "domains/domain_set_fixture.h"
#include "domains/domain_set_reference.h"

namespace querymark {
namespace {

ReferenceTable small_table() {
  return {fixture_suffixes(),
          {"spam", "ads"},
          {{"evil.com", EntryScope::kSubtree},
           {"www.bad.com", EntryScope::kExact, EntryKeep::kRegistered, false, 1},
           {"good.com", EntryScope::kSubtree, EntryKeep::kRegistered, true},
           {"host.listed.co.uk", EntryScope::kSubtree, EntryKeep::kListed}}};
}

struct Question {
  MatchMode mode;
  std::string query;
  std::string answer;
};

std::vector<Question> questions(const ReferenceTable& table) {
  std::vector<Question> questions;
  for (const MatchMode mode : {MatchMode::kRegistered, MatchMode::kListed})
    for (const char* query : {"evil.com", "a.evil.com", "bad.com", "www.bad.com", "good.com",
                              "x.host.listed.co.uk", "listed.co.uk", "absent.com"})
      questions.push_back({mode, query, find_slowly(table, mode, query)});
  return questions;
}

// How many of the questions the set gives no answer to; another answer than the right one is an error.
size_t count_failed(const DomainSet& set, const std::vector<Question>& questions) {
  size_t failed = 0;
  for (const Question& question : questions) {
    const std::string answer = find_in_set(set, fixture_suffixes(), question.mode, question.query);
    if (answer == "failed") {
      ++failed;
    } else {
      EXPECT_EQ(answer, question.answer) << to_string(question.mode) << " " << question.query;
    }
  }
  return failed;
}

TEST(DomainSetImage, AnyByteChangedIsRefusedOrFailsOrDoesNotMatter) {
  const ReferenceTable table = small_table();
  const std::vector<Question> asked = questions(table);
  const std::string whole = build_bytes(table);
  ASSERT_EQ(count_failed(require(open_bytes(whole)), asked), 0U);
  size_t refused = 0;
  size_t failed = 0;
  std::string bytes = whole;
  for (size_t at = 0; at < bytes.size(); ++at) {
    const char right = bytes[at];
    for (const int change : {0x01, 0x80, 0xFF}) {
      bytes[at] = static_cast<char>(right ^ change);
      const Result<DomainSet> set = open_bytes(bytes);
      if (set) {
        failed += count_failed(*set, asked) != 0 ? 1 : 0;
        EXPECT_FALSE(set->check()) << "byte " << at;
      } else {
        ++refused;
        EXPECT_TRUE(set.error().code == Errc::kCorrupt || set.error().code == Errc::kStale);
      }
      if (HasFailure()) FAIL() << "byte " << at << " changed by " << change;
    }
    bytes[at] = right;
  }
  EXPECT_EQ(refused, 3 * kSetBlockSize);  // all of the header
  EXPECT_EQ(failed, 3 * (bytes.size() - kSetBlockSize));
}

TEST(DomainSetImage, ATruncatedFileIsRefusedAtEverySize) {
  const std::string whole = build_bytes(small_table());
  for (size_t size = 0; size < whole.size(); ++size) {
    const Result<DomainSet> set = open_bytes(std::string_view(whole).substr(0, size));
    ASSERT_FALSE(set) << size;
    ASSERT_EQ(set.error().code, Errc::kCorrupt);
  }
  EXPECT_FALSE(open_bytes(whole + "x"));
}

TEST(DomainSetImage, ErrorsSayWhatIsWrongAndWhatToDo) {
  const std::string whole = build_bytes(small_table());
  std::string foreign = whole;
  foreign.replace(0, 6, "SQLite");
  std::string newer = whole;
  newer[8] = kDomainSetFormatVersion + 1;
  std::string header = whole;
  header[40] ^= 1;
  const struct {
    std::string bytes;
    Errc code;
    const char* detail;
  } cases[] = {
      {"", Errc::kCorrupt, "bytes: not a domain set; name another file, or have one compiled from the table"},
      {foreign, Errc::kCorrupt,
       "bytes: not a domain set; name another file, or have one compiled from the table"},
      {whole.substr(0, 100), Errc::kCorrupt,
       "bytes: cut off at byte 100, inside its header; the domain set must be compiled anew from the table "
       "of domains"},
      {whole.substr(0, 5000), Errc::kCorrupt,
       "bytes: has 5000 bytes, not the 12351 that were written; the domain set must be compiled anew from "
       "the table "
       "of domains"},
      {newer, Errc::kStale,
       "bytes: a domain set of format version 3, where this program reads version 2; it must be compiled "
       "anew from "
       "the table of domains"},
      {header, Errc::kCorrupt,
       "bytes: its header is damaged; the domain set must be compiled anew from the table of domains"},
  };
  for (const auto& row : cases) {
    const Result<DomainSet> set = open_bytes(row.bytes);
    ASSERT_FALSE(set) << row.detail;
    EXPECT_EQ(set.error().code, row.code);
    EXPECT_EQ(set.error().detail, row.detail);
  }
  EXPECT_EQ(DomainSet::open("/nonexistent/set").error().code, Errc::kNotFound);
}

TEST(DomainSetImage, CheckNamesTheDamagedPart) {
  const std::string whole = build_bytes(small_table());
  const std::string todo = "; the domain set must be compiled anew from the table of domains";
  const struct {
    size_t at;
    const char* detail;
  } cases[] = {
      {kSetBlockSize, "bytes: bytes 4096 to 8191 are damaged"},
      {3 * kSetBlockSize - 1, "bytes: bytes 8192 to 12287 are damaged"},
      {3 * kSetBlockSize, "bytes: its checksums are damaged"},
      {whole.size() - 1, "bytes: its lists are damaged"},
  };
  for (const auto& row : cases) {
    std::string bytes = whole;
    bytes[row.at] ^= 1;
    EXPECT_EQ(require(open_bytes(bytes)).check().error().detail, row.detail + todo);
  }
}

// Swapped blocks are whole, each by itself.
TEST(DomainSetImage, ABlockInAnothersPlaceIsDamage) {
  ReferenceTable table{fixture_suffixes(), {"list"}, {}};
  for (int i = 0; i < 400; ++i) table.rows.push_back({"host" + std::to_string(i) + ".com"});
  std::string bytes = build_bytes(table);
  for (size_t at = 0; at < kSetBlockSize; ++at)
    std::swap(bytes[kSetBlockSize + at], bytes[2 * kSetBlockSize + at]);
  const DomainSet set = require(open_bytes(bytes));
  for (const ReferenceRow& row : table.rows) {
    const std::string answer = find_in_set(set, table.suffixes, MatchMode::kRegistered, row.name);
    ASSERT_TRUE(answer == "failed" || answer == find_registered_slowly(table, row.name)) << answer;
  }
  EXPECT_FALSE(set.check());
}

// With checksums that are right, the meaning is wrong: nothing may be read outside the file.
TEST(DomainSetImage, ReadsNothingOutsideWhateverTheBytesMean) {
  std::mt19937 random(5);
  const std::string whole = build_bytes(small_table());
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = whole;
    for (uint32_t changes = 1 + random() % 4; changes > 0; --changes) {
      // The first bytes of a block say the most.
      const size_t near = random() % 4 * kSetBlockSize + random() % 200;
      const size_t at = random() % 2 == 0 ? near : random();
      bytes[at % bytes.size()] = static_cast<char>(random());
    }
    reseal(bytes);
    const Result<DomainSet> set = open_bytes(bytes);
    if (!set) continue;
    for (const Question& question : questions(small_table()))
      find_in_set(*set, fixture_suffixes(), question.mode, question.query);
  }
}

TEST(SetBucket, FindsTagsAsTheSlowReading) {
  std::mt19937 random(6);
  for (int round = 0; round < 10000; ++round) {
    SetBucket bucket{};
    for (uint16_t& tag : bucket.tags) tag = static_cast<uint16_t>(random() % 4);
    for (uint16_t tag = 0; tag < 4; ++tag) ASSERT_EQ(bucket.slots_with(tag), bucket.slots_with_portably(tag));
  }
}

}  // namespace
}  // namespace querymark
