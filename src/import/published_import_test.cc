// SPDX-License-Identifier: Apache-2.0
// Lists as they were published, imported, where the folder of samples stands beside the project.
#include <filesystem>

#include "import/table_fixture.h"

namespace querymark {
namespace {

const std::string kFolder = QUERYMARK_SOURCE_DIR "/../shared/data/lists/";

class PublishedImport : public TableFixture {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no samples of published lists in " << kFolder;
    options_.mirror = true;
    options_.force = true;
  }

  ImportSummary import_file(const std::string& name) const {
    Sources sources;
    Result<std::unique_ptr<ListSource>> source = open_list_file(kFolder + name);
    EXPECT_TRUE(source) << name;
    sources.push_back(*std::move(source));
    const Result<ImportSummary> summary = import(sources);
    EXPECT_TRUE(summary) << name;
    EXPECT_EQ(summary->names_found,
              summary->table.added + summary->table.already_there + summary->skipped_total());
    return *summary;
  }

  std::set<std::string> domains_of(const std::string& name) const {
    import_file(name);
    return registrable_domains();
  }
};

TEST_F(PublishedImport, OneListInSixFormsGivesOneSetOfFirstLevelDomains) {
  const std::set<std::string> expected = domains_of("hagezi_fake.domains.txt");
  EXPECT_GT(expected.size(), 7000U);
  for (const char* name : {"hagezi_fake.adblock.txt", "hagezi_fake.dnsmasq.txt", "hagezi_fake.hosts.txt",
                           "hagezi_fake.unbound.conf", "hagezi_fake.wildcard.txt"})
    EXPECT_TRUE(domains_of(name) == expected) << name;
}

TEST_F(PublishedImport, OneFeedInThreeFormsGivesOneSetOfFirstLevelDomains) {
  const std::set<std::string> expected = domains_of("dnsbunker_domains.txt");
  EXPECT_GT(expected.size(), 6000U);
  for (const char* name : {"dnsbunker_adblock.txt", "dnsbunker_rpz.txt"})
    EXPECT_TRUE(domains_of(name) == expected) << name;
}

TEST_F(PublishedImport, AWhitelistHoldsNothingInteresting) {
  const std::string name = "hagezi_whitelist-referral.adblock.txt";
  const ImportSummary skipped = import_file(name);
  EXPECT_EQ(skipped.table.added, 0U);
  EXPECT_GT(skipped.skipped[static_cast<size_t>(SkipReason::kException)], 400U);
  options_.reader.exceptions = ExceptionPolicy::kAllow;
  EXPECT_GT(import_file(name).table.added, 100U);
  EXPECT_TRUE(registrable_domains().empty());
}

TEST_F(PublishedImport, APolicyZoneGivesTheNamesItsTriggersName) {
  EXPECT_EQ(
      domains_of("powerdns_basic.rpz"),
      (std::set<std::string>{"nxdomain.org", "example.net", "truncate.org", "local.org", "local-a.org"}));
}

TEST_F(PublishedImport, ACsvGivesItsColumnOfDomains) {
  const std::set<std::string> domains = domains_of("blackbook.csv");
  EXPECT_GT(domains.size(), 10000U);
  EXPECT_TRUE(domains.contains("hiddenvnc.com"));
}

}  // namespace
}  // namespace querymark
