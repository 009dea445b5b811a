// SPDX-License-Identifier: Apache-2.0
#include "psl/suffix_table.h"

#include <gtest/gtest.h>

#include "psl/suffix_reference.h"

namespace querymark {
namespace {

// Rules of every sort; the last section's are private.
constexpr std::string_view kRules = R"(// VERSION: test
// ===BEGIN ICANN DOMAINS===
com
uk
co.uk
*.ck
!www.ck
jp
kyoto.jp
ide.kyoto.jp
*.kobe.jp
!city.kobe.jp
*.bd
cn
公司.cn
recht.pro
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
github.io
amazonaws.com
compute-1.amazonaws.com
*.compute.amazonaws.com
run.app
*.run.app
svc.mtls.run.app
*.private.bd
// ===END PRIVATE DOMAINS===
)";

SuffixTable table_of(std::string_view text) {
  return SuffixTable::compile(*parse_suffix_rules(text, "test"));
}

std::string described(const SuffixTable& table, std::string_view name) {
  return describe(name, table.find(name));
}

struct FindCase {
  const char* what;
  const char* name;
  const char* match;  // registrable domain | public suffix | rule section
};

TEST(SuffixTable, PrevailingRules) {
  const SuffixTable table = table_of(kRules);
  const FindCase cases[] = {
      {"one label below a suffix", "example.com", "example.com | com | com icann"},
      {"more labels below", "a.b.example.co.uk", "example.co.uk | co.uk | co.uk icann"},
      {"the longest rule prevails", "x.ide.kyoto.jp", "x.ide.kyoto.jp | ide.kyoto.jp | ide.kyoto.jp icann"},
      {"a bare suffix stands for itself", "co.uk", "co.uk | co.uk | co.uk icann"},
      {"a bare suffix of one label", "com", "com | com | com icann"},
      {"a wildcard", "a.b.test.ck", "b.test.ck | test.ck | *.ck icann"},
      {"a bare suffix by a wildcard", "test.ck", "test.ck | test.ck | *.ck icann"},
      {"a wildcard's parent alone has no rule", "ck", "none"},
      {"an exception beats the wildcard", "www.ck", "www.ck | ck | !www.ck icann"},
      {"below an exception", "a.b.www.ck", "www.ck | ck | !www.ck icann"},
      {"a deeper exception", "x.city.kobe.jp", "city.kobe.jp | kobe.jp | !city.kobe.jp icann"},
      {"a wildcard's parent with a shorter rule", "kobe.jp", "kobe.jp | jp | jp icann"},
      {"an IDN rule, asked in A-labels", "www.xn--85x722f.xn--55qx5d.cn",
       "xn--85x722f.xn--55qx5d.cn | xn--55qx5d.cn | xn--55qx5d.cn icann"},
      {"no rule", "db.corp.internal", "none"},
      {"no rule for the TLD of a known suffix", "io", "none"},
      {"a private suffix below a TLD without a rule", "x.github.io",
       "x.github.io | github.io | github.io private"},
      {"private suffixes of all depths", "ec2-1-2-3-4.compute-1.amazonaws.com",
       "ec2-1-2-3-4.compute-1.amazonaws.com | compute-1.amazonaws.com | compute-1.amazonaws.com private"},
      {"a private wildcard", "i.eu-west-1.compute.amazonaws.com",
       "i.eu-west-1.compute.amazonaws.com | eu-west-1.compute.amazonaws.com | *.compute.amazonaws.com "
       "private"},
      {"a node without a rule below a suffix", "compute.amazonaws.com",
       "compute.amazonaws.com | amazonaws.com | amazonaws.com private"},
      {"a wildcard applies to its explicit siblings too", "x.mtls.run.app",
       "x.mtls.run.app | mtls.run.app | *.run.app private"},
      {"a rule below a wildcard's sibling", "x.svc.mtls.run.app",
       "x.svc.mtls.run.app | svc.mtls.run.app | svc.mtls.run.app private"},
      {"a label that only begins as a rule's", "x.compute-11.amazonaws.com",
       "compute-11.amazonaws.com | amazonaws.com | amazonaws.com private"},
      {"an escaped dot separates nothing", "a\\056co.uk", "a\\056co.uk | uk | uk icann"},
      {"labels of more than 8 bytes", "aaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaa.com",
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaa.com | com | com icann"},
  };
  for (const FindCase& c : cases) EXPECT_EQ(described(table, c.name), c.match) << c.what;
}

TEST(SuffixTable, IcannSectionAlone) {
  const SuffixTable table = table_of(kRules).with_sections(SuffixSections::kIcann);
  const FindCase cases[] = {
      {"a private suffix is a name like others", "x.y.amazonaws.com", "amazonaws.com | com | com icann"},
      {"a private TLD is unknown", "x.github.io", "none"},
      {"a wildcard of the section", "x.y.private.bd", "y.private.bd | private.bd | *.bd icann"},
  };
  for (const FindCase& c : cases) EXPECT_EQ(described(table, c.name), c.match) << c.what;
  EXPECT_EQ(described(table_of(kRules), "x.y.private.bd"),
            "x.y.private.bd | y.private.bd | *.private.bd private");
}

TEST(SuffixTable, RegistrableDomainOfWhatHasNone) {
  const SuffixTable& table = SuffixTable::built_in();
  for (const char* name : {"", "10.0.0.1", "localhost", "foo.bar.invalidtldxyz", "ip-10-0-0-1.ec2.internal"})
    EXPECT_EQ(table.registrable_domain(name), "") << name;
  EXPECT_EQ(table.registrable_domain("1.0.0.127.in-addr.arpa"), "127.in-addr.arpa");
}

TEST(SuffixTable, PublicSuffixIsTheWholeName) {
  const SuffixTable table = table_of(kRules);
  for (const char* name : {"com", "co.uk", "test.ck", "mtls.run.app"})
    EXPECT_TRUE(table.is_public_suffix(name));
  for (const char* name : {"", "ck", "www.ck", "example.com", "internal"})
    EXPECT_FALSE(table.is_public_suffix(name)) << name;
}

TEST(SuffixTable, TellsItsVersionSectionsAndRules) {
  const SuffixTable table = table_of(kRules);
  EXPECT_EQ(table.version(), "test");
  EXPECT_EQ(table.identity(), "test icann+private");
  EXPECT_EQ(table.rule_count(), 22u);
  const SuffixTable icann = table.with_sections(SuffixSections::kIcann);
  EXPECT_EQ(icann.identity(), "test icann");
  EXPECT_EQ(icann.rule_count(), 14u);
}

TEST(SuffixTable, EqualRulesCountOnce) {
  const SuffixTable table = table_of("com\ncom\n*.com\n!a.com\n");
  EXPECT_EQ(table.rule_count(), 3u);
}

TEST(SuffixTable, TheSameRuleInBothSectionsIsFoundInEach) {
  const SuffixTable table =
      table_of("// ===BEGIN PRIVATE DOMAINS===\nb.com\n// ===END PRIVATE DOMAINS===\ncom\nb.com\n");
  EXPECT_EQ(described(table, "a.b.com"), "a.b.com | b.com | b.com icann");
  EXPECT_EQ(described(table.with_sections(SuffixSections::kIcann), "a.b.com"),
            "a.b.com | b.com | b.com icann");
}

TEST(SuffixTable, CopiesOutliveTheirOriginal) {
  const SuffixTable copy = [] {
    return SuffixTable(table_of(kRules)).with_sections(SuffixSections::kIcann);
  }();
  EXPECT_EQ(copy.registrable_domain("a.example.co.uk"), "example.co.uk");
}

TEST(SuffixTable, LoadNamesTheFileInErrors) {
  EXPECT_EQ(SuffixTable::load("/nonexistent.dat").error().code, Errc::kNotFound);
  EXPECT_EQ(SuffixTable::load("/dev/null").error().detail, "/dev/null: no suffix rule");
}

TEST(SuffixTable, BuiltInTableIsTheListOfTheBuild) {
  const SuffixTable& built_in = SuffixTable::built_in();
  const Result<SuffixTable> loaded = SuffixTable::load(QUERYMARK_PSL_FILE);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(built_in.identity(), loaded->identity());
  EXPECT_EQ(built_in.rule_count(), loaded->rule_count());
  EXPECT_GT(built_in.rule_count(), 9000u);
}

}  // namespace
}  // namespace querymark
