// SPDX-License-Identifier: Apache-2.0
#include "lists/list_format.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace querymark {
namespace {

TEST(ListFormat, NamesAreReadBack) {
  for (const ListFormat format :
       {ListFormat::kAuto, ListFormat::kText, ListFormat::kDomains, ListFormat::kHosts, ListFormat::kAdblock,
        ListFormat::kRpz, ListFormat::kCsv, ListFormat::kDnsmasq, ListFormat::kUnbound})
    EXPECT_EQ(parse_list_format(to_string(format)), format);
  EXPECT_EQ(parse_list_format("json"), std::nullopt);
}

struct GuessCase {
  std::string head;
  ListFormat format;
  const char* reason;
};

TEST(ListFormat, IsToldByTheFirstLines) {
  const std::vector<GuessCase> cases = {
      {"# note\n0.0.0.0 evil.com\n127.0.0.1 bad.net\n::1 ugly.org\n", ListFormat::kHosts,
       "3 of the first 3 lines are hosts lines"},
      {"######## Title ########\n## Part ##\n0.0.0.0 evil.com\n", ListFormat::kHosts,
       "1 of the first 1 lines are hosts lines"},
      {"evil.com\n*.bad.net # note\nпример.рф\n", ListFormat::kDomains, "3 of the first 3 lines are names"},
      {"evil.com\rbad.net\r", ListFormat::kDomains, "2 of the first 2 lines are names"},
      {"0.0.0.0 evil.com\nbad.net\n", ListFormat::kHosts, "1 of the first 2 lines are hosts lines"},
      {"[Adblock Plus 2.0]\nevil.com\n", ListFormat::kAdblock, "it has an [Adblock …] header"},
      {"! Title\n||evil.com^\nbad.net\n", ListFormat::kAdblock, "1 of the first 2 lines are adblock rules"},
      {"@@||good.com^\n", ListFormat::kAdblock, "1 of the first 1 lines are adblock rules"},
      {"##.banner\n||evil.com^\n", ListFormat::kAdblock, "2 of the first 2 lines are adblock rules"},
      {"$TTL 60\n@ SOA a. b. (\n1\n2\n3 )\n NS a.\nevil.com CNAME .\n", ListFormat::kRpz,
       "3 of the first 7 lines are records of a response policy zone"},
      {"; note\nevil.com 60 IN CNAME .\n", ListFormat::kRpz,
       "1 of the first 1 lines are records of a response policy zone"},
      {"Domain,Malware\nevil.com,x\n", ListFormat::kCsv, "the header has a column \"Domain\""},
      {"# note\n# id,url,x\n\"1\",\"http://evil.com/a b\",\"\"\n", ListFormat::kCsv,
       "the header has a column \"url\""},
      {"1,evil.com\n2,bad.net\n", ListFormat::kCsv, "records of 2 fields, a host in field 2"},
      {"address=/evil.com/#\nserver=/bad.net/\n", ListFormat::kDnsmasq,
       "2 of the first 2 lines are dnsmasq settings"},
      {"server:\nlocal-zone: \"evil.com\" static\n", ListFormat::kUnbound,
       "2 of the first 2 lines are unbound settings"},
      {"We saw evil.com, and bad.net.\n", ListFormat::kText,
       "its lines have no form of a list that is known"},
      {"http://evil.com/x.sh\nhttp://192.0.2.1/y\n", ListFormat::kText,
       "its lines have no form of a list that is known"},
      {"evil.com\nhxxp://bad.net\n", ListFormat::kText, "its lines have no form of a list that is known"},
      {"# only comments\n", ListFormat::kText, "it begins with comments or nothing"},
      {"", ListFormat::kText, "it begins with comments or nothing"},
  };
  for (const GuessCase& c : cases) {
    const ListFormatGuess guess = guess_list_format(c.head);
    EXPECT_EQ(to_string(guess.format), to_string(c.format)) << c.head;
    EXPECT_EQ(guess.reason, c.reason) << c.head;
  }
}

TEST(ListFormat, ALineThatTheHeadCutsIsNotAsked) {
  const std::string lines = "0.0.0.0 evil.com\n0.0.0.0 bad.net\n0.0";
  EXPECT_EQ(guess_list_format(lines).reason, "2 of the first 3 lines are hosts lines");
  std::string comment(kListHeadSize - lines.size(), '#');
  comment.back() = '\n';
  EXPECT_EQ(guess_list_format(comment + lines).reason, "2 of the first 2 lines are hosts lines");
}

}  // namespace
}  // namespace querymark
