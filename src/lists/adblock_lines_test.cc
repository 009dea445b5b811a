// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "lists/transcript.h"

namespace querymark {
namespace {

TEST(AdblockLines, RulesAboutAWholeDomain) {
  const std::vector<LineCase> cases = {
      {"domain rule", "||evil.com^", "evil.com subtree"},
      {"without the separator", "||evil.com", "evil.com subtree"},
      {"end anchor", "||evil.com^|", "evil.com subtree"},
      {"options that leave it a domain", "||evil.com^$important,third-party", "evil.com subtree"},
      {"all kinds of requests", "||evil.com^$all", "evil.com subtree"},
      {"star label", "||*.evil.com^", "evil.com subtree"},
      {"U-label", "||пример.рф^", "xn--e1afmkfd.xn--p1ai subtree"},
      {"URL of a site", "|http://evil.com^", "evil.com exact"},
      {"URL of a site with a slash", "|https://evil.com/", "evil.com exact"},
      {"plain name", "evil.com", "evil.com exact"},
      {"plain name and a comment", "evil.com # note", "evil.com exact"},
      {"plain star", "*.evil.com", "evil.com subtree"},
      {"hosts line", "0.0.0.0 evil.com", "evil.com exact"},
      {"address", "||192.0.2.1^", "ip_address: ||192.0.2.1^"},
      {"unknown top-level domain", "||evil.lan^", "no_valid_tld: ||evil.lan^"},
      {"ICANN suffix", "||zip^", "icann_suffix: ||zip^"},
  };
  for (const LineCase& c : cases)
    EXPECT_EQ(transcribe_line(c.line, ListFormat::kAdblock), c.expected) << c.what;
}

TEST(AdblockLines, RulesAboutLessThanADomain) {
  for (const char* rule : {
           "||evil.com/path",
           "||evil.com/",
           "||evil.com:8080^",
           "||evil.com^*/ads",
           "||evil.com^$script",
           "||evil.com^$domain=good.com",
           "||evil.com^$important,denyallow=a.com|b.com",
           "||evil.com^$client=127.0.0.1",
           "||evil.com^$badfilter",
           "||ads*.evil.com^",
           "||evil.*^",
           "@@||aax-*.amazon.*^",
           "|http://evil.com/path",
           "|evil.com|",
           "/banner[0-9]+/",
           "/ads/*$image",
           "-ad-banner.",
           "&ad_box=",
           ".com/ads/",
           "##.banner",
           "evil.com##.banner",
           "evil.com#@#.banner",
           "evil.com#?#div:has(a)",
           "evil.com#$#abort-on-property-read x",
           "evil.com#%#//scriptlet('x')",
           "evil.com$$script",
           "://evil.com^",
           "ad_code",
       }) {
    EXPECT_EQ(transcribe_line(rule, ListFormat::kAdblock), std::string("not_domain_rule: ") + rule);
  }
}

TEST(AdblockLines, CommentsAndTitlesAreNoEntries) {
  for (const char* line : {"! Homepage: https://good.com", "[Adblock Plus 2.0]", "[AdGuard]", "# good.com",
                           "#", "##########", "## good.com ##", "!", ""})
    EXPECT_EQ(transcribe_line(line, ListFormat::kAdblock), "") << line;
}

TEST(AdblockLines, ExceptionsAreSkippedOrKeptAsAllowEntries) {
  const std::string list = "@@||good.com^\n@@||good.net^$important\n@@|https://good.org^\n";
  ListReaderOptions options;
  options.format = ListFormat::kAdblock;
  EXPECT_EQ(transcribe(list, options),
            "1 exception: @@||good.com^\n2 exception: @@||good.net^$important\n3 exception: "
            "@@|https://good.org^\n");
  options.exceptions = ExceptionPolicy::kAllow;
  EXPECT_EQ(transcribe(list, options),
            "1 good.com subtree allow\n2 good.net subtree allow\n3 good.org exact allow\n");
}

}  // namespace
}  // namespace querymark
