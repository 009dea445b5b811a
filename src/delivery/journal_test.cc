// SPDX-License-Identifier: Apache-2.0
#include "delivery/journal.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/temporary_folder.h"

namespace querymark {
namespace {

class JournalTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/a.part"; }
  std::string content() const { return *read_file(path(), size_t{64} << 20); }
  void write(std::string_view bytes) const {
    ASSERT_TRUE(write_all(open_for_writing(path())->get(), bytes, path()));
  }
  Journal::Extent recover() const { return *Journal::recover(path()); }

  TemporaryFolder folder_ = *TemporaryFolder::create();
};

TEST_F(JournalTest, HoldsWhatIsAppended) {
  Journal journal = *Journal::create(path());
  ASSERT_TRUE(journal.append("a\nb\n"));
  EXPECT_EQ(journal.size(), 4U);
  EXPECT_EQ(journal.synced_size(), 0U);
  ASSERT_TRUE(journal.sync());
  EXPECT_EQ(journal.synced_size(), 4U);
  EXPECT_EQ(content(), "a\nb\n");
}

TEST_F(JournalTest, NeverTakesAFileThatIsThere) {
  write("theirs\n");
  EXPECT_FALSE(Journal::create(path()));
  EXPECT_EQ(content(), "theirs\n");
}

TEST_F(JournalTest, CutToSyncedLeavesWhatWasAcknowledged) {
  Journal journal = *Journal::create(path());
  ASSERT_TRUE(journal.append("a\n"));
  ASSERT_TRUE(journal.sync());
  ASSERT_TRUE(journal.append("never acknowledged\n"));
  ASSERT_TRUE(journal.cut_to_synced());
  ASSERT_TRUE(journal.append("b\n"));
  EXPECT_EQ(content(), "a\nb\n");
}

TEST_F(JournalTest, RecoveryCutsAtTheLastWholeLine) {
  struct Row {
    std::string content;
    std::string expected;
  };
  const std::string long_text(size_t{3} << 19, 'x');
  const std::string long_line = long_text + "\n";
  const std::string two_lines = long_line + long_line;
  for (const Row& row : {
           Row{"", ""},
           Row{"torn", ""},
           Row{"a\n", "a\n"},
           Row{"a\nb\ntorn", "a\nb\n"},
           Row{std::string("a\nb\0\0\0", 6), "a\n"},
           Row{std::string("a\n\0\0b\n", 6), "a\n"},
           Row{std::string("\0a\n", 3), ""},
           Row{long_line + long_text, long_line},
           Row{two_lines, two_lines},
           Row{two_lines + std::string("\0c\n", 3), two_lines},
       }) {
    write(row.content);
    const Journal::Extent left = recover();
    EXPECT_EQ(left.size, row.expected.size());
    EXPECT_EQ(left.lines, static_cast<uint64_t>(std::count(row.expected.begin(), row.expected.end(), '\n')));
    EXPECT_TRUE(content() == row.expected) << row.content.substr(0, 80);
  }
}

TEST_F(JournalTest, RecoveryOfNothingIsAnError) {
  EXPECT_EQ(Journal::recover(path()).error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace querymark
