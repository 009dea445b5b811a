// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "lists/transcript.h"

namespace querymark {
namespace {

TEST(RpzLines, PoliciesOfNames) {
  const std::vector<LineCase> cases = {
      {"no such name", "evil.com CNAME .", "evil.com exact"},
      {"no such name, and all below", "*.evil.com CNAME .", "evil.com subtree"},
      {"no data", "evil.com CNAME *.", "evil.com exact"},
      {"drop", "evil.com CNAME rpz-drop.", "evil.com exact"},
      {"TCP only", "evil.com CNAME rpz-tcp-only.", "evil.com exact"},
      {"garden", "evil.com CNAME garden.example.net.", "evil.com exact"},
      {"local address", "evil.com A 192.0.2.1", "evil.com exact"},
      {"local text", "evil.com TXT \"see ; http://good.com\"", "evil.com exact"},
      {"TTL and class", "evil.com. 60 IN CNAME .", "evil.com exact"},
      {"class and TTL", "evil.com IN 2h CNAME .", "evil.com exact"},
      {"lower case", "EVIL.com in cname .", "evil.com exact"},
      {"comment", "evil.com CNAME . ; good.com", "evil.com exact"},
      {"passthru", "good.com CNAME rpz-passthru.", "exception: good.com CNAME rpz-passthru."},
      {"passthru as it was first", "good.com CNAME Good.com.", "exception: good.com CNAME Good.com."},
      {"unknown top-level domain", "evil.lan CNAME .", "no_valid_tld: evil.lan CNAME ."},
      {"ICANN suffix", "*.com CNAME .", "icann_suffix: *.com CNAME ."},
  };
  for (const LineCase& c : cases) EXPECT_EQ(transcribe_line(c.line, ListFormat::kRpz), c.expected) << c.what;
}

TEST(RpzLines, OtherTriggersAreNoEntries) {
  for (const char* line : {"32.1.0.0.10.rpz-client-ip CNAME rpz-drop.", "24.0.2.0.192.rpz-ip CNAME .",
                           "32.1.0.0.10.rpz-nsip CNAME .", "ns1.evil.com.rpz-nsdname CNAME .",
                           "*.evil.com.rpz-nsdname CNAME .", "* CNAME .", "a.*.evil.com CNAME .", "evil.com",
                           "evil.com CNAME", "evil.com NONSENSE .", "$INCLUDE other.zone"}) {
    EXPECT_EQ(transcribe_line(line, ListFormat::kRpz), std::string("not_domain_rule: ") + line);
  }
}

TEST(RpzLines, TheZoneItselfIsNoEntry) {
  EXPECT_EQ(transcribe("$TTL 300\n"
                       "@ IN SOA localhost. admin.example.net. (\n"
                       "    1787419808 ; serial of example.org\n"
                       "    3600 600 86400 300 )\n"
                       "    IN NS ns.example.net.\n"
                       "evil.com. CNAME .\n"
                       "*.evil.com. CNAME .\n",
                       ListFormat::kRpz),
            "6 evil.com exact\n7 evil.com subtree\n");
}

TEST(RpzLines, TheZonesNameIsCutOff) {
  EXPECT_EQ(transcribe("$ORIGIN rpz.example.net.\n"
                       "@ SOA a. b. 1 2 3 4 5\n"
                       "rpz.example.net. NS ns.example.net.\n"
                       "evil.com CNAME .\n"
                       "bad.com.RPZ.example.net. CNAME .\n"
                       "$ORIGIN org.rpz.example.net.\n"
                       "evil CNAME .\n"
                       "$ORIGIN co\n"
                       "evil CNAME .\n",
                       ListFormat::kRpz),
            "4 evil.com exact\n5 bad.com exact\n7 evil.org exact\n9 evil.co.org exact\n");
  EXPECT_EQ(transcribe("rpz.example.net. 60 IN SOA a. b. 1 2 3 4 5\n"
                       "evil.com.rpz.example.net. 60 IN CNAME .\n"
                       "*.bad.com.rpz.example.net. 60 IN CNAME .\n"
                       "ugly.com 60 IN CNAME .\n",
                       ListFormat::kRpz),
            "2 evil.com exact\n3 bad.com subtree\n4 ugly.com exact\n");
}

TEST(RpzLines, ABlankOwnerIsTheOneBefore) {
  EXPECT_EQ(transcribe("evil.com A 192.0.2.1\n     AAAA 2001:db8::1\n\t300 IN TXT x\n", ListFormat::kRpz),
            "1 evil.com exact\n2 evil.com exact\n3 evil.com exact\n");
}

TEST(RpzLines, AParenthesisThatDoesNotEndIsAnError) {
  EXPECT_EQ(transcribe("good.com CNAME .\n@ SOA a. b. (\nevil.com CNAME .\n", ListFormat::kRpz),
            "error: list: line 2: the record has a parenthesis that is not closed");
}

TEST(RpzLines, PassthruMayBeKeptAsAnAllowEntry) {
  ListReaderOptions options;
  options.format = ListFormat::kRpz;
  options.exceptions = ExceptionPolicy::kAllow;
  EXPECT_EQ(transcribe("*.good.com CNAME rpz-passthru.\n", options), "1 good.com subtree allow\n");
}

}  // namespace
}  // namespace querymark
