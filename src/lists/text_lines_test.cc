// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "lists/transcript.h"

namespace querymark {
namespace {

void expect_lines(const std::vector<LineCase>& cases) {
  for (const LineCase& c : cases)
    EXPECT_EQ(transcribe_line(c.line, ListFormat::kText), c.expected) << c.what << ": " << c.line;
}

TEST(TextLines, EveryHostNameAnywhere) {
  expect_lines({
      {"alone", "evil.com", "evil.com exact"},
      {"in a sentence", "We saw evil.com, then www.bad.net.", "evil.com exact; www.bad.net exact"},
      {"capitals", "EVIL.COM and Bad.Net", "evil.com exact; bad.net exact"},
      {"brackets and quotes", "(evil.com) [bad.net] \"ugly.org\" 'vile.com' <foul.com>",
       "evil.com exact; bad.net exact; ugly.org exact; vile.com exact; foul.com exact"},
      {"columns", "evil.com,bad.net;ugly.org|vile.com\tfoul.com",
       "evil.com exact; bad.net exact; ugly.org exact; vile.com exact; foul.com exact"},
      {"assignment", "domain=evil.com", "evil.com exact"},
      {"hosts line", "0.0.0.0 evil.com", "ip_address: 0.0.0.0; evil.com exact"},
      {"adblock rule", "||evil.com^", "evil.com exact"},
      {"star", "*.evil.com", "evil.com subtree"},
      {"underscores", "_sip._tcp.evil.com", "_sip._tcp.evil.com exact"},
      {"emphasis", "__evil.com__ **bad.net** _ugly.org_", "evil.com exact; bad.net exact; ugly.org exact"},
      {"A-labels whole", "see xn--80ak6aa92e.com and xn--e1afmkfd.xn--p1ai",
       "xn--80ak6aa92e.com exact; xn--e1afmkfd.xn--p1ai exact"},
      {"hyphens where the reference has none", "a--b.evil.com", "a--b.evil.com exact"},
      {"ellipsis", "wait...evil.com...", "evil.com exact"},
      {"list bullet", "-evil.com", "evil.com exact"},
      {"JSON", R"({"domain":"evil.com","url":"http:\/\/bad.net\/x.zip"})", "evil.com exact; bad.net exact"},
  });
}

TEST(TextLines, NamesOfOtherScripts) {
  expect_lines({
      {"Cyrillic", "видели пример.рф вчера", "xn--e1afmkfd.xn--p1ai exact"},
      {"Chinese", "食狮.中国", "xn--85x722f.xn--fiqs8s exact"},
      {"ideographic full stop", "食狮。中国", "xn--85x722f.xn--fiqs8s exact"},
      {"typographic quotes", "“evil.com” «пример.рф» ‘bad.net’",
       "evil.com exact; xn--e1afmkfd.xn--p1ai exact; bad.net exact"},
      {"dash and ellipsis", "evil.com—bad.net…", "evil.com exact; bad.net exact"},
      {"no-break space", "evil.com\u00A0bad.net", "evil.com exact; bad.net exact"},
      {"full-width comma", "evil.com，bad.net。", "evil.com exact; bad.net exact"},
      {"text around without blanks", "请访问evil.com谢谢", "evil.com exact"},
      {"Latin-1", "caf\xE9 evil.com \xABugly.org\xBB", "evil.com exact; ugly.org exact"},
      {"unknown top-level domain", "пример.неттакого", "no_valid_tld: пример.неттакого"},
  });
}

TEST(TextLines, DefangedNames) {
  expect_lines({
      {"brackets", "evil[.]com", "evil.com exact"},
      {"parentheses", "www(.)evil(.)com", "www.evil.com exact"},
      {"braces", "evil{.}com", "evil.com exact"},
      {"word", "evil[dot]com evil(DOT)net evil{dot}org", "evil.com exact; evil.net exact; evil.org exact"},
      {"scheme", "hxxp://evil.com/x hXXps://bad.net", "evil.com exact; bad.net exact"},
      {"scheme and dots", "hxxps[:]//Evil[.]com/x.zip", "evil.com exact"},
      {"scheme's whole separator", "hxxp[://]evil[.]com[:]8080/a.sh", "evil.com exact"},
      {"ordinary scheme", "http[:]//evil.com", "evil.com exact"},
      {"mixed", "www.evil[.]co.uk", "www.evil.co.uk exact"},
      {"file's extension is no file", "open update[.]zip now", "update.zip exact"},
      {"mail", "user[@]evil[.]com", "evil.com exact"},
      {"mail by word", "first.last[at]evil.com", "evil.com exact"},
      {"bracket that is no dot", "evil.com[1] bad.net(x)", "evil.com exact; bad.net exact"},
  });
}

TEST(TextLines, AUrlGivesItsHostOnly) {
  expect_lines({
      {"path", "http://evil.com/update.zip", "evil.com exact"},
      {"path without a scheme", "evil.com/update.zip", "evil.com exact"},
      {"port and path", "evil.com:8080/update.zip", "evil.com exact"},
      {"query", "http://evil.com?next=bad.net&x=a.py", "evil.com exact"},
      {"fragment", "http://evil.com#readme.md", "evil.com exact"},
      {"userinfo", "ftp://good.com:secret@evil.com/x", "evil.com exact"},
      {"address", "http://192.0.2.1/bins.sh", "ip_address: http://192.0.2.1/bins.sh"},
      {"IPv6 address", "http://[2001:db8::1]:80/bins.sh", "ip_address: http://[2001:db8::1]:80/bins.sh"},
      {"without a scheme's name", "src=\"//evil.com/a.js\"", "evil.com exact"},
      {"Markdown", "[evil.com](http://evil.com/x.zip), bad.net",
       "evil.com exact; evil.com exact; bad.net exact"},
      {"Markdown of a URL", "[http://evil.com](http://evil.com)", "evil.com exact"},
      {"in parentheses", "(see http://evil.com) bad.net", "evil.com exact; bad.net exact"},
      {"U-labels", "https://пример.рф/a", "xn--e1afmkfd.xn--p1ai exact"},
      {"single label", "http://localhost/x", "no_valid_tld: http://localhost/x"},
      {"paths", "/usr/bin/x.sh C:\\temp\\evil.zip ./a.py", ""},
  });
}

TEST(TextLines, MailAddressesGiveTheirDomain) {
  expect_lines({
      {"sender", "From: first.last@evil.com", "evil.com exact"},
      {"tag", "a+b.c@evil.com", "evil.com exact"},
      {"in angle brackets", "Bank <x@evil.com>", "evil.com exact"},
  });
}

TEST(TextLines, FilesInProseAreNoDomains) {
  expect_lines({
      {"after a word", "It drops update.zip there", "not_host_name: update.zip"},
      {"before a word", "readme.md says", "not_host_name: readme.md"},
      {"in parentheses", "the file (install.sh)", "not_host_name: install.sh"},
      {"alone", "  update.zip ", "update.zip exact"},
      {"in a column", "malware family,update.zip,2024", "update.zip exact"},
      {"in JSON", R"({"domain": "update.zip"})", "update.zip exact"},
      {"in a hosts line", "0.0.0.0 mojsklep.pl", "ip_address: 0.0.0.0; mojsklep.pl exact"},
      {"beside other names", "evil.com mojsklep.pl bad.net",
       "evil.com exact; mojsklep.pl exact; bad.net exact"},
      {"three labels", "It asks www.update.zip there", "www.update.zip exact"},
      {"a URL", "It asks http://update.zip there", "update.zip exact"},
      {"with a path", "It asks update.zip/a there", "update.zip exact"},
  });
}

TEST(TextLines, CommentsHoldNoNames) {
  expect_lines({
      {"number sign", "# Contact: mail@good.com", ""},
      {"indented", "  ; good.com", ""},
      {"exclamation mark", "! Homepage: https://good.com/", ""},
      {"slashes", "// good.com", ""},
      {"trailing", "evil.com # see good.com", "evil.com exact"},
      {"no comment", "evil.com #1 bad.net", "evil.com exact; bad.net exact"},
      {"fragment", "http://evil.com/# bad.net", "evil.com exact; bad.net exact"},
  });
}

TEST(TextLines, WhatOnlyLooksLikeANameIsNone) {
  expect_lines({
      {"version", "v1.2.3 and 1.22.333.4444", ""},
      {"date", "24.07.2022 24.07.22", ""},
      {"sentences without blanks", "他说。然后。", ""},
      {"abbreviation", "e.g. i.e. a.m.", ""},
      {"address", "192.0.2.1", "ip_address: 192.0.2.1"},
      {"unknown top-level domain", "index.html setup.exe",
       "no_valid_tld: index.html; no_valid_tld: setup.exe"},
      {"ICANN suffix", "all of co.uk", "icann_suffix: co.uk"},
      {"label of 64 bytes", std::string(64, 'a') + ".com", "not_host_name: " + std::string(64, 'a') + ".com"},
      {"only signs", "... --- ___ [.] (.) @ :// . - _", ""},
  });
}

}  // namespace
}  // namespace querymark
