// SPDX-License-Identifier: Apache-2.0
// Lists as they were published, where the folder of samples stands beside the project.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/file.h"
#include "lists/list_reader.h"

namespace querymark {
namespace {

const std::string kFolder = QUERYMARK_SOURCE_DIR "/../shared/data/lists/";

class ListContents final : public ListSink {
 public:
  void entry(const ListEntry& entry) override {
    (entry.allow ? allowed : domains).emplace(entry.registrable_domain);
  }
  void skip(const ListSkip& skip) override { ++skipped[skip.reason]; }

  std::set<std::string> domains;
  std::set<std::string> allowed;
  std::map<SkipReason, int> skipped;
  ListFormat format = ListFormat::kAuto;
  std::string format_reason;
};

class PublishedLists : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no samples of published lists in " << kFolder;
  }

  static ListContents read(const std::string& name, const ListReaderOptions& options = {}) {
    ListContents contents;
    ListReader reader(options, SuffixTable::built_in(), contents, name);
    const Result<std::string> bytes = read_file(kFolder + name, size_t{64} << 20);
    EXPECT_TRUE(bytes && reader.feed(*bytes) && reader.finish()) << name;
    contents.format = reader.format();
    contents.format_reason = reader.format_reason();
    return contents;
  }
};

TEST_F(PublishedLists, AreRecognised) {
  const std::map<std::string, ListFormat> formats = {
      {"blackbook.csv", ListFormat::kCsv},
      {"dnsbunker_adblock.txt", ListFormat::kAdblock},
      {"dnsbunker_domains.txt", ListFormat::kDomains},
      {"dnsbunker_rpz.txt", ListFormat::kRpz},
      {"hagezi_fake.adblock.txt", ListFormat::kAdblock},
      {"hagezi_fake.dnsmasq.txt", ListFormat::kDnsmasq},
      {"hagezi_fake.domains.txt", ListFormat::kDomains},
      {"hagezi_fake.hosts.txt", ListFormat::kHosts},
      {"hagezi_fake.unbound.conf", ListFormat::kUnbound},
      {"hagezi_fake.wildcard.txt", ListFormat::kDomains},
      {"hagezi_whitelist-referral.adblock.txt", ListFormat::kAdblock},
      {"powerdns_basic.rpz", ListFormat::kRpz},
  };
  for (const auto& [name, format] : formats) {
    const ListContents contents = read(name);
    EXPECT_EQ(to_string(contents.format), to_string(format)) << name << ": " << contents.format_reason;
  }
}

TEST_F(PublishedLists, OneListInSixFormsGivesOneSet) {
  const std::set<std::string> expected = read("hagezi_fake.domains.txt").domains;
  EXPECT_GT(expected.size(), 7000U);
  for (const char* name : {"hagezi_fake.adblock.txt", "hagezi_fake.dnsmasq.txt", "hagezi_fake.hosts.txt",
                           "hagezi_fake.unbound.conf", "hagezi_fake.wildcard.txt"})
    EXPECT_EQ(read(name).domains, expected) << name;
}

TEST_F(PublishedLists, OneFeedInThreeFormsGivesOneSet) {
  const std::set<std::string> expected = read("dnsbunker_domains.txt").domains;
  EXPECT_GT(expected.size(), 6000U);
  for (const char* name : {"dnsbunker_adblock.txt", "dnsbunker_rpz.txt"})
    EXPECT_EQ(read(name).domains, expected) << name;
}

TEST_F(PublishedLists, ReadAsTextTheyGiveTheSameSet) {
  ListReaderOptions options;
  options.format = ListFormat::kText;
  for (const char* name : {"hagezi_fake.adblock.txt", "hagezi_fake.hosts.txt", "hagezi_fake.wildcard.txt",
                           "hagezi_fake.unbound.conf", "dnsbunker_adblock.txt"})
    EXPECT_EQ(read(name, options).domains, read(name).domains) << name;
}

TEST_F(PublishedLists, AWhitelistHoldsNothingInteresting) {
  const std::string name = "hagezi_whitelist-referral.adblock.txt";
  const ListContents skipped = read(name);
  EXPECT_TRUE(skipped.domains.empty());
  EXPECT_TRUE(skipped.allowed.empty());
  EXPECT_GT(skipped.skipped.at(SkipReason::kException), 400);

  ListReaderOptions options;
  options.exceptions = ExceptionPolicy::kAllow;
  const ListContents kept = read(name, options);
  EXPECT_TRUE(kept.domains.empty());
  EXPECT_GT(kept.allowed.size(), 100U);
}

TEST_F(PublishedLists, ACsvIsReadFromItsColumnOfDomains) {
  const ListContents contents = read("blackbook.csv");
  EXPECT_EQ(contents.format_reason, "auto: the header has a column \"Domain\"");
  EXPECT_TRUE(contents.domains.contains("hiddenvnc.com"));
  EXPECT_TRUE(contents.domains.contains("equator-motorsport.ml"));
  EXPECT_GT(contents.domains.size(), 10000U);
}

TEST_F(PublishedLists, APolicyZoneGivesTheNamesItsTriggersName) {
  const ListContents contents = read("powerdns_basic.rpz");
  EXPECT_EQ(contents.domains, (std::set<std::string>{"nxdomain.org", "example.net", "truncate.org",
                                                     "local.org", "local-a.org"}));
  EXPECT_EQ(contents.skipped,
            (std::map<SkipReason, int>{{SkipReason::kException, 1}, {SkipReason::kNotDomainRule, 6}}));
}

}  // namespace
}  // namespace querymark
