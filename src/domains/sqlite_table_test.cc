// SPDX-License-Identifier: Apache-2.0
#include "domains/sqlite_table.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "domains/entries_text.h"
#include "domains/sqlite_database.h"

namespace querymark {
namespace {

// Entries as a line of text: "evil.com", ".evil.com" for a subtree, "@good.com" for an allow entry.
class Entries final : public EntryStream {
 public:
  explicit Entries(std::vector<std::string> entries) : entries_(std::move(entries)) {}

  Result<std::optional<TableEntry>> next() override {
    if (next_ == entries_.size()) return std::optional<TableEntry>();
    std::string_view text = entries_[next_++];
    if (text == "error") return Error::invalid("the stream ends here");
    TableEntry entry{.name = text, .scope = EntryScope::kExact, .allow = text.starts_with("@")};
    if (entry.allow) entry.name.remove_prefix(1);
    if (entry.name.starts_with(".")) {
      entry.scope = EntryScope::kSubtree;
      entry.name.remove_prefix(1);
    }
    return std::optional<TableEntry>(entry);
  }

 private:
  std::vector<std::string> entries_;
  size_t next_ = 0;
};

class SqliteTableTest : public testing::Test {
 protected:
  SqliteTableTest() : folder_(*TemporaryFolder::create()), path_(folder_.path() + "/home/domains.db") {
    update_.list = "fake";
    update_.source = "fake.txt";
    update_.format = "domains";
    update_.now = 1000;
  }

  SqliteTable table(TableAccess access = TableAccess::kWrite) const {
    Result<SqliteTable> table = SqliteTable::open(path_, access);
    if (!table) ADD_FAILURE() << table.error().detail;
    return *std::move(table);
  }

  // "2 new, 1 there, 0 removed", or the error.
  std::string update(const std::vector<std::string>& entries) const {
    SqliteTable opened = table();
    Entries stream(entries);
    const Result<ListUpdateCounts> counts = opened.update_list(update_, stream);
    if (!counts) return counts.error().detail;
    return std::to_string(counts->added) + " new, " + std::to_string(counts->already_there) + " there, " +
           std::to_string(counts->removed) + " removed";
  }

  // What a person does in the sqlite3 shell.
  void by_hand(const std::string& sql) const {
    const Result<SqliteDatabase> database = SqliteDatabase::open(path_, SqliteDatabase::Mode::kReadWrite);
    ASSERT_TRUE(database);
    const Result<void> done = database->execute(sql);
    ASSERT_TRUE(done) << done.error().detail;
  }

  std::string contents() const {
    SqliteTable opened = table();
    return entries_text(opened, EntryLists::kShown);
  }

  static std::string verdict(const DomainSet& set, std::string_view domain) {
    const DomainMatch match = set.find_registered(domain, set.hash(domain));
    switch (match.verdict) {
      case DomainMatch::Verdict::kNone:
        return "none";
      case DomainMatch::Verdict::kInteresting:
        return "interesting";
      case DomainMatch::Verdict::kAllowed:
        return "allowed";
      case DomainMatch::Verdict::kFailed:
        return "failed";
    }
    return "";
  }

  std::string verdict(std::string_view domain) const {
    const Result<DomainSet> set = table(TableAccess::kRead).current_set(suffixes());
    return set ? verdict(*set, domain) : set.error().detail;
  }

  static const SuffixTable& suffixes() { return SuffixTable::built_in(); }

  std::string set_path() const { return table().set_path(); }

  void write_set(std::string_view bytes) const {
    Result<AtomicFile> file = AtomicFile::create(set_path());
    ASSERT_TRUE(file && file->append(bytes) && file->commit());
  }

  TemporaryFolder folder_;
  std::string path_;
  ListUpdate update_;
};

TEST_F(SqliteTableTest, AnUpdateAddsAndRefreshes) {
  EXPECT_EQ(update({"a.com", ".b.com", "@c.com"}), "3 new, 0 there, 0 removed");
  update_.now = 2000;
  EXPECT_EQ(update({"a.com", "d.com"}), "1 new, 1 there, 0 removed");
  EXPECT_EQ(contents(), "fake:a.com fake:.b.com fake:d.com @fake:c.com");
  const Result<std::vector<StoredEntry>> found = table().find_entries("a.com");
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().first_seen, 1000);
  EXPECT_EQ(found->front().last_seen, 2000);
}

TEST_F(SqliteTableTest, AnEntryThatIsThereTakesOverWhatTheUpdateSays) {
  update_.note = "first";
  update({"a.com"});
  update_.keep = EntryKeep::kListed;
  update_.expires = 5000;
  update_.note.reset();
  update({".a.com"});
  const StoredEntry entry = table().find_entries("a.com")->front();
  EXPECT_EQ(entry.scope, EntryScope::kSubtree);
  EXPECT_EQ(entry.keep, EntryKeep::kListed);
  EXPECT_EQ(entry.expires, 5000);
  EXPECT_EQ(entry.note, "first");
}

TEST_F(SqliteTableTest, AMirrorRemovesWhatTheListLacks) {
  update({"a.com", "b.com", "c.com", "@d.com"});
  update_.list = "other";
  update({"a.com"});
  update_.list = "fake";
  update_.mirror = true;
  EXPECT_EQ(update({"b.com", "c.com", "x.com"}), "1 new, 2 there, 2 removed");
  EXPECT_EQ(contents(), "fake:b.com fake:c.com fake:x.com other:a.com");
}

TEST_F(SqliteTableTest, AMirrorMustNotShrinkByMoreThanHalf) {
  update({"a.com", "b.com", "c.com", "d.com"});
  update_.mirror = true;
  const std::string before = contents();
  EXPECT_EQ(
      update({"a.com"}),
      "the list fake would shrink from 4 to 1 entries, which a damaged source would do too: not done unless "
      "forced");
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(update({"a.com", "b.com"}), "0 new, 2 there, 2 removed");
  update_.force = true;
  EXPECT_EQ(update({}), "0 new, 0 there, 2 removed");
}

TEST_F(SqliteTableTest, AMirrorMustNotBecomeEmpty) {
  update({"a.com"});
  update_.mirror = true;
  EXPECT_NE(update({}).find("not done"), std::string::npos);
  EXPECT_EQ(contents(), "fake:a.com");
}

TEST_F(SqliteTableTest, AMirrorFindsAllThatIsMissingHoweverFarApart) {
  std::vector<std::string> all;
  std::vector<std::string> kept;
  for (int i = 1000; i < 3000; ++i) {
    all.push_back(std::to_string(i) + ".com");
    if (i % 50 < 30) kept.push_back(all.back());
  }
  EXPECT_EQ(update(all), "2000 new, 0 there, 0 removed");
  EXPECT_EQ(update({"1000.com", "1500.com", "1500x.com", "2999.com"}), "1 new, 3 there, 0 removed");
  update_.mirror = true;
  EXPECT_EQ(update(kept), "0 new, 1200 there, 801 removed");
}

TEST_F(SqliteTableTest, AnErrorOfTheStreamChangesNothing) {
  update({"a.com"});
  EXPECT_EQ(update({"b.com", "error"}), "the stream ends here");
  EXPECT_EQ(contents(), "fake:a.com");
}

TEST_F(SqliteTableTest, ADryRunCountsAndChangesNothing) {
  update_.dry_run = true;
  Result<SqliteTable> missing = SqliteTable::open(path_, TableAccess::kReadOrEmpty);
  ASSERT_TRUE(missing);
  Entries stream({"a.com"});
  EXPECT_EQ(missing->update_list(update_, stream)->added, 1U);
  EXPECT_FALSE(std::filesystem::exists(path_));

  update_.dry_run = false;
  update({"a.com"});
  update_.dry_run = true;
  update_.mirror = true;
  EXPECT_EQ(update({"a.com", "b.com"}), "1 new, 1 there, 0 removed");
  EXPECT_EQ(contents(), "fake:a.com");
}

TEST_F(SqliteTableTest, RemovesFromOneListOrAll) {
  update({"a.com", "@a.com"});
  update_.list = "other";
  update({"a.com", "b.com"});
  EXPECT_EQ(*table().remove({"b.com", "x.com"}, "fake", false), (std::vector<uint64_t>{0, 0}));
  EXPECT_EQ(*table().remove({"a.com"}, "", false), (std::vector<uint64_t>{2}));
  EXPECT_EQ(contents(), "other:b.com @fake:a.com");
  EXPECT_EQ(*table().remove({"a.com"}, "fake", true), (std::vector<uint64_t>{1}));
}

TEST_F(SqliteTableTest, TheSetIsCompiledWhenTheTableHasChanged) {
  update({"a.com"});
  EXPECT_EQ(*table().staleness(suffixes()), "there is no compiled set yet");
  EXPECT_EQ(verdict("a.com"), "interesting");
  EXPECT_EQ(*table().staleness(suffixes()), "");
  update({"b.com"});
  EXPECT_EQ(*table().staleness(suffixes()), "the table has changed since");
  EXPECT_EQ(verdict("b.com"), "interesting");
  EXPECT_EQ(table().remove({"a.com"}, "", false)->front(), 1U);
  EXPECT_EQ(verdict("a.com"), "none");
}

TEST_F(SqliteTableTest, ARefreshThatChangesNoVerdictLeavesTheSetCurrent) {
  update({"a.com"});
  verdict("a.com");
  update_.now = 2000;
  update_.note = "seen again";
  update({"a.com"});
  EXPECT_EQ(*table().staleness(suffixes()), "");
}

TEST_F(SqliteTableTest, ARowByHandWithJustANameWorks) {
  update({});
  verdict("a.com");
  by_hand("INSERT INTO entries(name) VALUES ('EVIL.Com.'), ('www.пример.рф'), ('a b..c')");
  by_hand("INSERT INTO allow_entries(name) VALUES ('GOOD.com')");
  EXPECT_EQ(verdict("evil.com"), "interesting");
  EXPECT_EQ(verdict("xn--e1afmkfd.xn--p1ai"), "interesting");
  EXPECT_EQ(verdict("good.com"), "allowed");
  EXPECT_EQ(contents(), "manual:a b..c manual:evil.com manual:www.xn--e1afmkfd.xn--p1ai @manual:good.com");
  EXPECT_EQ(table().find_entries("evil.com")->front().keep, EntryKeep::kRegistered);
}

TEST_F(SqliteTableTest, ARowByHandMeetsTheEntryItMeans) {
  update_.list = "manual";
  update({"evil.com"});
  by_hand("INSERT INTO entries(name, scope, note) VALUES ('EVIL.com', 'subtree', 'mine')");
  verdict("evil.com");
  EXPECT_EQ(contents(), "manual:.evil.com");
  const StoredEntry entry = table().find_entries("evil.com")->front();
  EXPECT_EQ(entry.first_seen, 1000);
  EXPECT_EQ(entry.note, "mine");
}

TEST_F(SqliteTableTest, EveryKindOfEditByHandIsNoticed) {
  update({"a.com", "b.com", "@c.com"});
  for (const char* edit :
       {"INSERT INTO entries(name) VALUES ('x.com')", "UPDATE entries SET scope = 'subtree'",
        "DELETE FROM entries", "INSERT INTO allow_entries(name) VALUES ('x.com')",
        "UPDATE allow_entries SET list = 'y'", "DELETE FROM allow_entries"}) {
    verdict("a.com");
    EXPECT_EQ(*table().staleness(suffixes()), "") << edit;
    by_hand(edit);
    EXPECT_EQ(*table().staleness(suffixes()), "the table has changed since") << edit;
  }
}

TEST_F(SqliteTableTest, RowsByHandThatMeanNothingAreRefusedAtOnce) {
  update({});
  const Result<SqliteDatabase> database = SqliteDatabase::open(path_, SqliteDatabase::Mode::kReadWrite);
  for (const char* edit :
       {"INSERT INTO entries(name, scope) VALUES ('a.com', 'all')", "INSERT INTO entries(name) VALUES (NULL)",
        "INSERT INTO entries(name, keep) VALUES ('a.com', 'yes')", "INSERT INTO entries(name) VALUES (x'00')",
        "INSERT INTO entries(name, list) VALUES ('a.com', '')",
        "INSERT INTO entries(name, expires) VALUES ('a.com', 'soon')"})
    EXPECT_FALSE(database->execute(edit)) << edit;
}

TEST_F(SqliteTableTest, NamesThatCannotMatchAreReported) {
  update({"a.com"});
  by_hand("INSERT INTO entries(name) VALUES ('a..b'), ('host.lan'), ('10.0.0.1'), ('')");
  verdict("a.com");
  std::string text;
  EXPECT_TRUE(table().visit_bad_rows(suffixes(), [&](const BadRow& row) {
    text += row.list + " '" + row.name + "': " + row.reason + "\n";
  }));
  EXPECT_EQ(text,
            "manual '': no name: empty\n"
            "manual '10.0.0.1': an IP address\n"
            "manual 'a..b': no name: empty label\n"
            "manual 'host.lan': no valid top-level domain\n");
}

TEST_F(SqliteTableTest, ExpiredEntriesDoNotMatch) {
  const int64_t now = std::time(nullptr);
  update_.expires = now - 1;
  update({"old.com"});
  update_.expires = now + 3600;
  update({"new.com"});
  EXPECT_EQ(verdict("old.com"), "none");
  EXPECT_EQ(verdict("new.com"), "interesting");
  std::string names;
  EXPECT_TRUE(table().visit_names(false, [&](std::string_view name) {
    names += name;
    return true;
  }));
  EXPECT_EQ(names, "new.com");
}

TEST_F(SqliteTableTest, TheSetIsCompiledAnewWhenAnEntryHasExpired) {
  update_.expires = std::time(nullptr) + 1;
  update({"a.com"});
  EXPECT_EQ(verdict("a.com"), "interesting");
  while (std::time(nullptr) < *update_.expires) ::usleep(50'000);
  EXPECT_EQ(*table().staleness(suffixes()), "entries have expired since");
  EXPECT_EQ(verdict("a.com"), "none");
}

TEST_F(SqliteTableTest, TheSetIsCompiledAnewForOtherSectionsOfTheSuffixList) {
  update({"www.github.io"});
  EXPECT_EQ(verdict("www.github.io"), "interesting");
  const SuffixTable icann = suffixes().with_sections(SuffixSections::kIcann);
  EXPECT_NE(table().staleness(icann)->find("another suffix list"), std::string::npos);
  const Result<DomainSet> set = table().current_set(icann);
  ASSERT_TRUE(set);
  EXPECT_EQ(verdict(*set, "github.io"), "interesting");
}

TEST_F(SqliteTableTest, ADamagedSetIsCompiledAnew) {
  update({"a.com"});
  verdict("a.com");
  const Result<std::string> whole = read_file(set_path(), size_t{1} << 20);
  ASSERT_TRUE(whole);
  std::string other_head = *whole;
  other_head[0] ^= 1;
  const std::string_view bytes = *whole;
  for (const std::string_view damaged :
       {std::string_view(), std::string_view("garbage"), std::string_view(other_head),
        bytes.substr(0, bytes.size() / 2), bytes.substr(0, bytes.size() - 1)}) {
    write_set(damaged);
    EXPECT_NE(*table().staleness(suffixes()), "");
    EXPECT_EQ(verdict("a.com"), "interesting") << damaged.size() << " bytes";
    EXPECT_TRUE(table().current_set(suffixes())->check());
  }
}

TEST_F(SqliteTableTest, ASetOfAnotherTableIsNotTaken) {
  update({"a.com"});
  verdict("a.com");
  std::filesystem::remove(path_);
  update({"b.com"});
  EXPECT_EQ(verdict("a.com"), "none");
  EXPECT_EQ(verdict("b.com"), "interesting");
}

TEST_F(SqliteTableTest, AMissingTableIsAnError) {
  const Result<SqliteTable> missing = SqliteTable::open(path_, TableAccess::kRead);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
  EXPECT_EQ(missing.error().detail, "no table of interesting domains at " + path_);
}

TEST_F(SqliteTableTest, AFileThatIsNoTableIsRefused) {
  std::filesystem::create_directories(folder_.path() + "/home");
  std::ofstream(path_) << "evil.com\nbad.net\n" << std::string(1000, 'x');
  for (const TableAccess access : {TableAccess::kRead, TableAccess::kWrite})
    EXPECT_EQ(SqliteTable::open(path_, access).error().code, Errc::kCorrupt);

  std::filesystem::remove(path_);
  ASSERT_TRUE(
      SqliteDatabase::open(path_, SqliteDatabase::Mode::kReadWriteCreate)->execute("CREATE TABLE t(x)"));
  for (const TableAccess access : {TableAccess::kRead, TableAccess::kWrite})
    EXPECT_EQ(SqliteTable::open(path_, access).error().code, Errc::kInvalid);
}

TEST_F(SqliteTableTest, ATableOfANewerVersionIsRefused) {
  update({"a.com"});
  by_hand("PRAGMA user_version = 2");
  EXPECT_EQ(SqliteTable::open(path_, TableAccess::kRead).error().code, Errc::kUnsupported);
}

TEST_F(SqliteTableTest, ListsTellWhatTheirLastImportDid) {
  update({"a.com", "b.com", "@c.com"});
  by_hand("INSERT INTO entries(name) VALUES ('x.com')");
  ASSERT_TRUE(table().record_failure("fake", 3000, "it is a page"));
  const Result<std::vector<ListSummary>> lists = table().lists();
  ASSERT_EQ(lists->size(), 2U);
  const ListSummary& fake = lists->front();
  EXPECT_EQ(fake.name, "fake");
  EXPECT_EQ(fake.entries, 2U);
  EXPECT_EQ(fake.allow_entries, 1U);
  EXPECT_EQ(fake.source, "fake.txt");
  EXPECT_EQ(fake.format, "domains");
  EXPECT_EQ(fake.last_import, 1000);
  EXPECT_EQ(fake.last_attempt, 3000);
  EXPECT_EQ(fake.last_result, "failed: it is a page");
  EXPECT_EQ(lists->back().name, "manual");
  EXPECT_EQ(lists->back().last_import, 0);
}

TEST_F(SqliteTableTest, PatternsSelectEntries) {
  update({"evil.com", "evil.net", "www.evil.com", "xn--e1afmkfd.xn--p1ai"});
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"evil", "evil.com evil.net www.evil.com"},
      {"EVIL.C", "evil.com www.evil.com"},
      {"evil.*", "evil.com evil.net"},
      {"*.com", "evil.com www.evil.com"},
      {"evil.???", "evil.com evil.net"},
      {"пример.рф", "xn--e1afmkfd.xn--p1ai"},
      {"none", ""},
      {"'; DROP TABLE entries; --", ""},
  };
  for (const auto& [pattern, expected] : cases) {
    EntryFilter filter;
    filter.pattern = pattern;
    std::string names;
    EXPECT_TRUE(table().visit_entries(filter, [&names = names](const StoredEntry& entry) {
      names += (names.empty() ? "" : " ") + entry.name;
      return true;
    }));
    EXPECT_EQ(names, expected) << pattern;
  }
}

TEST_F(SqliteTableTest, ReadersDoNotWaitForAWriter) {
  update({"a.com"});
  verdict("a.com");
  const Result<SqliteDatabase> writer = SqliteDatabase::open(path_, SqliteDatabase::Mode::kReadWrite);
  const Result<SqliteTransaction> change = SqliteTransaction::begin(*writer, SqliteTransaction::Kind::kWrite);
  ASSERT_TRUE(change);
  ASSERT_TRUE(writer->execute("INSERT INTO entries(name) VALUES ('b.com')"));
  EXPECT_EQ(verdict("a.com"), "interesting");
  EXPECT_EQ(verdict("b.com"), "none");
}

}  // namespace
}  // namespace querymark
