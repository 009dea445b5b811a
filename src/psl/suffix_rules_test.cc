// SPDX-License-Identifier: Apache-2.0
#include "psl/suffix_rules.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

// The rules as a line of text: "com=icann *.ck=icann !www.ck=private".
std::string described(const SuffixRules& rules) {
  std::string text;
  for (const SuffixRule& rule : rules.rules) {
    if (!text.empty()) text += ' ';
    if (rule.kind == SuffixRuleKind::kWildcard) text += "*.";
    if (rule.kind == SuffixRuleKind::kException) text += "!";
    text += rule.name;
    text += rule.section == SuffixSection::kIcann ? "=icann" : "=private";
  }
  return text;
}

struct GoodCase {
  const char* what;
  std::string_view text;
  const char* rules;
};

TEST(SuffixRules, ReadsRules) {
  const GoodCase cases[] = {
      {"rules of all kinds", "com\n*.ck\n!www.ck\n", "com=icann *.ck=icann !www.ck=icann"},
      {"a line counts up to its first blank", "com and more\n*.ck\tnote", "com=icann *.ck=icann"},
      {"comments and empty lines", "// x\n\n  \ncom\n//y", "com=icann"},
      {"CRLF, BOM, blanks before a rule, no newline at the end",
       "\xEF\xBB\xBF"
       "com\r\n  net\r\norg",
       "com=icann net=icann org=icann"},
      {"capitals", "CO.UK\n", "co.uk=icann"},
      {"IDN rules become A-labels", "公司.cn\n*.中国\nxn--p1ai\n",
       "xn--55qx5d.cn=icann *.xn--fiqs8s=icann xn--p1ai=icann"},
      {"sections by their markers, ICANN outside",
       "a\n// ===BEGIN PRIVATE DOMAINS===\nb.a\n// ===END PRIVATE DOMAINS===\nc\n"
       "// ===BEGIN ICANN DOMAINS===\nd\n// ===END ICANN DOMAINS===\n",
       "a=icann b.a=private c=icann d=icann"},
      {"the order of the text, equal rules included", "b\na\nb", "b=icann a=icann b=icann"},
  };
  for (const GoodCase& c : cases) {
    const Result<SuffixRules> rules = parse_suffix_rules(c.text, "list");
    ASSERT_TRUE(rules) << c.what << ": " << rules.error().detail;
    EXPECT_EQ(described(*rules), c.rules) << c.what;
  }
}

struct BadCase {
  const char* what;
  std::string text;
  const char* detail;
};

TEST(SuffixRules, RefusesWhatIsNoListNamingTheLine) {
  const BadCase cases[] = {
      {"nothing", "", "list: no suffix rule"},
      {"comments alone", "// com\n", "list: no suffix rule"},
      {"an empty label", "com\na..b\n", "list:2: no suffix rule: empty label"},
      {"a leading dot", ".com", "list:1: no suffix rule: empty label"},
      {"a trailing dot", "com.", "list:1: no suffix rule: empty label"},
      {"a wildcard of nothing", "*.", "list:1: no suffix rule: empty"},
      {"an exception of nothing", "!", "list:1: no suffix rule: empty"},
      {"an exception of a single label", "!www", "list:1: no suffix rule: an exception of a single label"},
      {"a default rule", "*", "list:1: no suffix rule: there is no default rule"},
      {"a wildcard inside", "a.*.b", "list:1: no suffix rule: a byte that no host name has"},
      {"a wildcard that is part of a label", "*a.b", "list:1: no suffix rule: a byte that no host name has"},
      {"a wildcard and an exception", "!*.b", "list:1: no suffix rule: a byte that no host name has"},
      {"an HTML page", "\n\n<!DOCTYPE html>\n", "list:3: no suffix rule: a byte that no host name has"},
      {"invalid UTF-8", "com\n\xFF.com", "list:2: no suffix rule: a byte that no host name has"},
      {"a label too long", std::string(64, 'a'), "list:1: no suffix rule: label too long"},
      {"a list cut short", "com\n// ===BEGIN PRIVATE DOMAINS===\ngithub.io\n",
       "list:3: a section begins and does not end: the list is cut short"},
  };
  for (const BadCase& c : cases) {
    const Result<SuffixRules> rules = parse_suffix_rules(c.text, "list");
    ASSERT_FALSE(rules) << c.what;
    EXPECT_EQ(rules.error().code, Errc::kInvalid) << c.what;
    EXPECT_EQ(rules.error().detail, c.detail) << c.what;
  }
}

TEST(SuffixRules, RefusesATextOnePastTheBound) {
  std::string text = "com\n//";
  text.resize(kSuffixListSizeMax, 'x');
  EXPECT_TRUE(parse_suffix_rules(text, "list"));
  EXPECT_EQ(parse_suffix_rules(text + "x", "list").error().code, Errc::kLimit);
}

TEST(SuffixRules, VersionIsTheListsOwn) {
  EXPECT_EQ(parse_suffix_rules("// VERSION: 2026-01-02_UTC\ncom", "list")->version, "2026-01-02_UTC");
}

TEST(SuffixRules, VersionOfAListWithoutOneFollowsItsText) {
  const std::string version = parse_suffix_rules("com\n", "list")->version;
  EXPECT_EQ(version.size(), std::string("unversioned-").size() + 16);
  EXPECT_TRUE(version.starts_with("unversioned-"));
  EXPECT_EQ(parse_suffix_rules("com\n", "other")->version, version);
  EXPECT_NE(parse_suffix_rules("net\n", "list")->version, version);
}

}  // namespace
}  // namespace querymark
