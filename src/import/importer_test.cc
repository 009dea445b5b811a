// SPDX-License-Identifier: Apache-2.0
#include "import/importer.h"

#include "base/file.h"
#include "import/import_receipt.h"
#include "import/table_fixture.h"

namespace querymark {
namespace {

class ImporterTest : public TableFixture {
 protected:
  // "9 found: 5 new, 1 there, 3 skipped, 0 removed", or the error.
  std::string import_text(const std::string& text) const {
    const Result<ImportSummary> summary = import(one(text));
    if (!summary) return summary.error().detail;
    return counts_text(*summary);
  }

  static std::string counts_text(const ImportSummary& summary) {
    EXPECT_EQ(summary.names_found,
              summary.table.added + summary.table.already_there + summary.skipped_total());
    return std::to_string(summary.names_found) + " found: " + std::to_string(summary.table.added) + " new, " +
           std::to_string(summary.table.already_there) + " there, " +
           std::to_string(summary.skipped_total()) + " skipped, " + std::to_string(summary.table.removed) +
           " removed";
  }
};

TEST_F(ImporterTest, CountsWhatBecameOfEveryName) {
  EXPECT_EQ(import_text("evil.com\nEVIL.com.\nhost.lan\n10.0.0.1\nwww.bad.net\n"),
            "5 found: 2 new, 0 there, 3 skipped, 0 removed");
  EXPECT_EQ(import_text("evil.com\nugly.org\n"), "2 found: 1 new, 1 there, 0 skipped, 0 removed");
  EXPECT_EQ(contents(), "evil.com ugly.org www.bad.net");
}

TEST_F(ImporterTest, OfOneNameTheWidestScopeIsKept) {
  options_.reader.format = ListFormat::kDomains;
  EXPECT_EQ(import_text("a.com\n*.a.com\na.com\n*.b.com\nb.com\nc.com\n"),
            "6 found: 3 new, 0 there, 3 skipped, 0 removed");
  EXPECT_EQ(contents(), ".a.com .b.com c.com");
}

TEST_F(ImporterTest, OneListInEveryFormGivesOneSetOfFirstLevelDomains) {
  const std::vector<std::pair<ListFormat, std::string>> forms = {
      {ListFormat::kDomains, "# a list\nevil.com\nwww.bad.co.uk\n"},
      {ListFormat::kDomains, "*.evil.com\n*.bad.co.uk\n"},
      {ListFormat::kHosts, "0.0.0.0 evil.com\n0.0.0.0 bad.co.uk www.bad.co.uk\n"},
      {ListFormat::kAdblock,
       "[Adblock Plus]\n! by me@good.org\n||evil.com^\n||bad.co.uk^$third-party\n@@||x.org^\n"},
      {ListFormat::kRpz,
       "$TTL 2h\n$ORIGIN rpz.net.\n@ SOA a. b. 1 2 3 4 5\nevil.com CNAME .\n*.bad.co.uk CNAME .\n"},
      {ListFormat::kDnsmasq, "address=/evil.com/#\naddress=/bad.co.uk/#\n"},
      {ListFormat::kUnbound,
       "server:\nlocal-zone: \"evil.com.\" always_null\nlocal-zone: \"bad.co.uk.\" always_null\n"},
      {ListFormat::kCsv, "id,url\n1,http://evil.com/x.zip\n2,https://www.bad.co.uk/y\n"},
      {ListFormat::kText, "They used hxxp://evil[.]com/a.sh, and bad(dot)co(dot)uk!\n"},
  };
  for (const auto& [format, text] : forms) {
    options_.list = "form";
    options_.mirror = true;
    options_.force = true;
    const Result<ImportSummary> summary = import(one(text));
    ASSERT_TRUE(summary) << summary.error().detail;
    EXPECT_EQ(to_string(summary->sources[0].format), to_string(format));
    EXPECT_EQ(registrable_domains(), (std::set<std::string>{"evil.com", "bad.co.uk"})) << text;
  }
}

TEST_F(ImporterTest, ExceptionsAreSkippedOrAllowed) {
  const std::string list = "[Adblock Plus]\n||evil.com^\n@@||good.evil.com^\n";
  EXPECT_EQ(import_text(list), "2 found: 1 new, 0 there, 1 skipped, 0 removed");
  EXPECT_EQ(contents(), ".evil.com");
  options_.reader.exceptions = ExceptionPolicy::kAllow;
  EXPECT_EQ(import_text(list), "2 found: 1 new, 1 there, 0 skipped, 0 removed");
  EXPECT_EQ(contents(), ".evil.com @.good.evil.com");
}

TEST_F(ImporterTest, AnAllowListIsAllowedAsAWhole) {
  options_.allow = true;
  EXPECT_EQ(import_text("[Adblock Plus]\n||fine.com^\n@@||good.com^\n"),
            "2 found: 2 new, 0 there, 0 skipped, 0 removed");
  EXPECT_EQ(contents(), "@.fine.com @.good.com");
}

TEST_F(ImporterTest, SeveralSourcesGoIntoOneList) {
  Sources sources;
  sources.push_back(std::make_unique<MemorySource>("a.txt", "evil.com\nbad.net\n"));
  sources.push_back(std::make_unique<MemorySource>("b.txt", "0.0.0.0 bad.net\n0.0.0.0 ugly.org\n"));
  const Result<ImportSummary> summary = import(sources);
  ASSERT_TRUE(summary);
  EXPECT_EQ(counts_text(*summary), "4 found: 3 new, 0 there, 1 skipped, 0 removed");
  EXPECT_EQ(summary->lines, 4U);
  const ListSummary list = table().lists()->front();
  EXPECT_EQ(list.source, "a.txt, b.txt");
  EXPECT_EQ(list.format, "domains, hosts");
}

TEST_F(ImporterTest, AMirrorFollowsItsSource) {
  import_text("a.com\nb.com\nc.com\n");
  options_.mirror = true;
  EXPECT_EQ(import_text("b.com\nc.com\nd.com\n"), "3 found: 1 new, 2 there, 0 skipped, 1 removed");
  EXPECT_NE(import_text("# moved\n").find("not done unless forced"), std::string::npos);
  EXPECT_EQ(contents(), "b.com c.com d.com");
}

TEST_F(ImporterTest, AReadingThatFailsChangesNothing) {
  import_text("a.com\n");
  options_.mirror = true;
  options_.force = true;
  EXPECT_EQ(import(one("b.com\n", true)).error().detail, "list.txt: connection lost");
  EXPECT_FALSE(import(one("<!DOCTYPE html>\n<a href=\"http://b.com\">")));
  EXPECT_FALSE(import(one(std::string("b.com\n\0\n", 8))));
  EXPECT_EQ(contents(), "a.com");
}

TEST_F(ImporterTest, ADryRunChangesNothing) {
  options_.dry_run = true;
  EXPECT_EQ(import_text("a.com\nb.com\n"), "2 found: 2 new, 0 there, 0 skipped, 0 removed");
  EXPECT_EQ(contents(), "");
}

TEST_F(ImporterTest, PublicSuffixesAreTakenWithAWarningIcannOnesByForce) {
  options_.reader.format = ListFormat::kDomains;
  Result<ImportSummary> summary = import(one("github.io\ncom\nco.uk\n"));
  EXPECT_EQ(counts_text(*summary), "3 found: 1 new, 0 there, 2 skipped, 0 removed");
  EXPECT_EQ(summary->public_suffixes, 1U);
  options_.reader.take_icann_suffixes = true;
  summary = import(one("github.io\ncom\nco.uk\n"));
  EXPECT_EQ(counts_text(*summary), "3 found: 2 new, 1 there, 0 skipped, 0 removed");
}

TEST_F(ImporterTest, EntriesThatOnlyListedMatchingSeesAreCounted) {
  options_.keep = EntryKeep::kListed;
  const Result<ImportSummary> summary = import(one("evil.com\nwww.evil.com\nx.y.bad.net\nwww.evil.com\n"));
  EXPECT_EQ(summary->only_listed, 2U);
}

TEST_F(ImporterTest, ExpiryIsRenewedByEveryImport) {
  options_.expires = 5000;
  import_text("a.com\nb.com\n");
  options_.expires = 9000;
  import_text("a.com\n");
  EXPECT_EQ(table().find_entries("a.com")->front().expires, 9000);
  EXPECT_EQ(table().find_entries("b.com")->front().expires, 5000);
}

TEST_F(ImporterTest, AnEmptyListIsNoError) {
  EXPECT_EQ(import_text(""), "0 found: 0 new, 0 there, 0 skipped, 0 removed");
}

TEST_F(ImporterTest, TheReceiptTellsOfAllThatWasLeftOut) {
  const std::string path = folder_.path() + "/receipt";
  Result<ImportReceipt> receipt = ImportReceipt::create(path);
  ASSERT_TRUE(receipt);
  const Result<ImportSummary> summary =
      import(one("evil.com\nhost.lan\ngithub.io\n\xFF\xFE.com\nevil.com\n"), &*receipt);
  ASSERT_TRUE(summary);
  const std::vector<ImportOutcome> outcomes = {{*summary, ""}, {{}, "it is a page"}};
  ASSERT_TRUE(receipt->finish(import_summary_json(outcomes)));
  EXPECT_EQ(
      *read_file(path, 1 << 20),
      R"({"source":"list.txt","line":2,"text":"host.lan","reason":"no_valid_tld"})"
      "\n"
      R"({"source":"list.txt","line":3,"text":"github.io","warning":"public_suffix"})"
      "\n"
      "{\"source\":\"list.txt\",\"line\":4,\"text\":\"\uFFFD\uFFFD.com\",\"reason\":\"not_host_name\"}\n"
      R"({"source":"list.txt","line":5,"text":"evil.com","reason":"duplicate"})"
      "\n"
      R"({"summary":{"lists":[{"list":"fake","sources":[{"source":"list.txt","format":"domains",)"
      R"("format_reason":")" +
          summary->sources[0].format_reason +
          R"("}],"lines":5,"names_found":5,)"
          R"("new":2,"already_there":0,"removed":0,"skipped":{"no_valid_tld":1,"ip_address":0,)"
          R"("not_host_name":1,"exception":0,"icann_suffix":0,"not_domain_rule":0,"duplicate":1,)"
          R"("line_too_long":0},"public_suffixes":1,"only_listed":0},)"
          R"({"list":"","sources":[],"error":"it is a page"}]}})"
          "\n");
}

TEST_F(ImporterTest, AReceiptThatCannotBeWrittenIsAnError) {
  Result<ImportReceipt> receipt = ImportReceipt::create("/dev/full");
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->finish("{}").error().code, Errc::kIo);
}

}  // namespace
}  // namespace querymark
