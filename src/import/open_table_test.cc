// SPDX-License-Identifier: Apache-2.0
#include "import/open_table.h"

#include <fstream>

#include "codec/gzip.h"
#include "import/table_fixture.h"

namespace querymark {
namespace {

class OpenTableTest : public TableFixture {
 protected:
  std::string file(const std::string& name, const std::string& bytes) const {
    std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << bytes;
    return path;
  }

  // Whether the table of the URI holds the registrable domain, and by which lists; or the error.
  std::string ask(const std::string& uri, std::string_view domain) const {
    const Result<OpenedTable> opened = open_table(uri, folder_.path(), SuffixTable::built_in());
    if (!opened) return opened.error().detail;
    const DomainMatch match = opened->set.find_registered(domain, opened->set.hash(domain));
    std::string text = match.verdict == DomainMatch::Verdict::kInteresting ? "Y" : "N";
    for (const std::string& list : opened->set.list_names(match)) text += " " + list;
    return text;
  }
};

TEST_F(OpenTableTest, WithoutAUriItIsTheHomesOwn) {
  ASSERT_TRUE(import(one("www.evil.com\n")));
  EXPECT_EQ(ask("", "evil.com"), "Y fake");
  EXPECT_EQ(ask("", "good.com"), "N");
  EXPECT_EQ(open_table("", folder_.path(), SuffixTable::built_in())->description,
            "sqlite:" + folder_.path() + "/domains.db");
}

TEST_F(OpenTableTest, AListIsATableForOneRun) {
  const std::string list = "[Adblock Plus]\n||evil.com^\n@@||good.com^\n";
  EXPECT_EQ(ask("list:" + file("feed.txt", list), "evil.com"), "Y feed.txt");
  EXPECT_EQ(ask("list:" + file("feed.txt", list), "good.com"), "N");
  GzipWriter writer;
  std::string packed(gzip_size_max(list.size()), '\0');
  packed.resize(writer.compress(list, packed.data()).size());
  EXPECT_EQ(ask("list:" + file("feed.gz", packed), "evil.com"), "Y feed.gz");
  EXPECT_NE(ask("list:" + file("cut.gz", packed.substr(0, packed.size() / 2)), "evil.com").find("cut.gz"),
            std::string::npos);
}

TEST_F(OpenTableTest, WhatIsMissingIsAnErrorAndNoEmptyTable) {
  const std::string home = folder_.path();
  EXPECT_EQ(ask("", "evil.com"), "no table of interesting domains at " + home + "/domains.db");
  EXPECT_EQ(ask("sqlite:/nowhere/x.db", "evil.com"), "no table of interesting domains at /nowhere/x.db");
  EXPECT_EQ(ask("list:/nowhere/x", "evil.com"), "open /nowhere/x: No such file or directory");
  EXPECT_EQ(ask("list:" + home, "evil.com"), home + ": a folder, not a list");
  EXPECT_NE(ask("list:" + file("page", "<html>"), "evil.com").find("HTML"), std::string::npos);
  for (const char* uri : {"nosuch:x", "sqlite:", "list:", "x.db"})
    EXPECT_EQ(ask(uri, "evil.com"),
              std::string("--table ") + uri + ": a table is sqlite:PATH, dynamodb:NAME or list:FILE");
}

TEST_F(OpenTableTest, AnEmptyTableIsATable) {
  ASSERT_TRUE(import(one("")));
  EXPECT_EQ(ask("", "evil.com"), "N");
}

}  // namespace
}  // namespace querymark
