// SPDX-License-Identifier: Apache-2.0
#include "domains/explanation.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "domains/sqlite_database.h"
#include "domains/sqlite_table.h"

namespace querymark {
namespace {

class ExplanationTest : public testing::Test {
 protected:
  ExplanationTest()
      : folder_(*TemporaryFolder::create()),
        table_(*SqliteTable::open(folder_.path() + "/domains.db", TableAccess::kWrite)) {}

  Explanation explain(std::string_view name) {
    const Result<DomainSet> set = table_.current_set(SuffixTable::built_in());
    EXPECT_TRUE(set);
    const auto registered = make_domain_set_lookup(*set, MatchMode::kRegistered);
    const auto listed = make_domain_set_lookup(*set, MatchMode::kListed);
    const Result<Explanation> explanation =
        explain_name(name, SuffixTable::built_in(), {*registered, *listed, &table_});
    EXPECT_TRUE(explanation);
    return *explanation;
  }

  void insert(const std::string& rows) {
    const Result<void> done =
        SqliteDatabase::open(table_.path(), SqliteDatabase::Mode::kReadWrite)->execute("INSERT INTO " + rows);
    ASSERT_TRUE(done) << done.error().detail;
  }

  // "list:name" of every entry shown.
  static std::string entries(const Explanation& explanation) {
    std::string text;
    for (const StoredEntry& entry : explanation.entries) {
      if (!text.empty()) text += " ";
      text += entry.list + ":" + entry.name;
    }
    return text;
  }

  TemporaryFolder folder_;
  SqliteTable table_;
};

TEST_F(ExplanationTest, GivesEveryStepToTheVerdict) {
  insert("entries(name, list) VALUES ('evil.co.uk', 'a'), ('www.evil.co.uk', 'b'), ('evil.co.uk', 'b')");
  const Explanation explanation = explain("WWW.Evil.co.uk.");
  EXPECT_EQ(explanation.normal_name, "www.evil.co.uk");
  EXPECT_EQ(explanation.rule, "co.uk");
  EXPECT_EQ(explanation.section, SuffixSection::kIcann);
  EXPECT_EQ(explanation.registrable_domain, "evil.co.uk");
  EXPECT_EQ(explanation.registered.verdict, DomainMatch::Verdict::kInteresting);
  EXPECT_EQ(explanation.registered.entry, "evil.co.uk");
  EXPECT_EQ(explanation.registered.lists, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(explanation.listed.entry, "www.evil.co.uk");
  EXPECT_EQ(entries(explanation), "b:www.evil.co.uk a:evil.co.uk b:evil.co.uk");
}

TEST_F(ExplanationTest, ShowsTheNamesBelowThatADomainStandsFor) {
  insert("entries(name) VALUES ('a.evil.com'), ('b.evil.com'), ('notevil.com')");
  const Explanation explanation = explain("x.evil.com");
  EXPECT_EQ(explanation.registered.verdict, DomainMatch::Verdict::kInteresting);
  EXPECT_EQ(explanation.listed.verdict, DomainMatch::Verdict::kNone);
  EXPECT_EQ(entries(explanation), "manual:a.evil.com manual:b.evil.com");
}

TEST_F(ExplanationTest, AnAllowEntryWins) {
  insert("entries(name, scope) VALUES ('evil.com', 'subtree')");
  insert("allow_entries(name, scope) VALUES ('good.evil.com', 'subtree')");
  const Explanation explanation = explain("x.good.evil.com");
  EXPECT_EQ(explanation.registered.verdict, DomainMatch::Verdict::kInteresting);
  EXPECT_EQ(explanation.listed.verdict, DomainMatch::Verdict::kAllowed);
  EXPECT_EQ(explanation.listed.entry, "good.evil.com");
}

TEST_F(ExplanationTest, OddNamesHaveTheirReasons) {
  EXPECT_EQ(explain("a..b.com").name_error, NameError::kEmptyLabel);
  EXPECT_EQ(explain("").name_error, NameError::kEmpty);
  EXPECT_TRUE(explain("10.0.0.1").is_ip_address);
  EXPECT_EQ(explain("db.corp.internal").rule, "");
  const Explanation suffix = explain("ec2-1-2-3-4.compute-1.amazonaws.com.");
  EXPECT_TRUE(suffix.is_public_suffix);
  EXPECT_EQ(suffix.section, SuffixSection::kPrivate);
  EXPECT_EQ(suffix.registrable_domain, "ec2-1-2-3-4.compute-1.amazonaws.com");
}

}  // namespace
}  // namespace querymark
