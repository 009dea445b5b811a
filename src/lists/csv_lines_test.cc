// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "lists/transcript.h"

namespace querymark {
namespace {

std::string read_csv(std::string_view list, std::string column = "") {
  ListReaderOptions options;
  options.format = ListFormat::kCsv;
  options.column = std::move(column);
  return transcribe(list, options);
}

TEST(CsvLines, TheColumnIsFoundByItsHeader) {
  const std::vector<LineCase> cases = {
      {"domain", "Domain,Malware\nevil.com,x\n", "2 evil.com exact\n"},
      {"not the first", "id;Host Name;note\n1;evil.com;good.com\n", "2 evil.com exact\n"},
      {"tabs", "id\tFQDN\n1\tevil.com\n", "2 evil.com exact\n"},
      {"bars", "id|hostname\n1|evil.com\n", "2 evil.com exact\n"},
      {"URL", "id,url\n1,http://evil.com/update.zip\n", "2 evil.com exact\n"},
      {"domain before URL", "url,domain\nhttp://cdn.com/x,evil.com\n", "2 evil.com exact\n"},
      {"quoted", "\"first_seen\", \"ioc_value\"\n\"2024-01-01\", \"evil.com\"\n", "2 evil.com exact\n"},
      {"header in a comment",
       "# A feed by good.com\n#\n# id,dateadded,url,status\n\"1\",\"2024\",\"http://evil.com/a\",\"on\"\n",
       "4 evil.com exact\n"},
      {"comment between", "domain,x\n# good.com,1\nevil.com,1\n", "3 evil.com exact\n"},
      {"one column", "domain\nevil.com\n", "2 evil.com exact\n"},
      {"only a header", "domain,x\n", ""},
      {"blank lines and empty cells", "domain,x\n\n,1\nevil.com,1\n", "4 evil.com exact\n"},
      {"defanged", "indicator,type\nhxxps://evil[.]com/a,URL\n", "2 evil.com exact\n"},
      {"star", "domain,x\n*.evil.com,1\n", "2 evil.com subtree\n"},
      {"carriage returns", "domain,x\r\nevil.com,1\r\n", "2 evil.com exact\n"},
  };
  for (const LineCase& c : cases) EXPECT_EQ(read_csv(c.line), c.expected) << c.what;
}

TEST(CsvLines, WithoutAHeaderTheFirstColumnOfHostsIsTaken) {
  EXPECT_EQ(read_csv("1,evil.com\n2,bad.net\n"), "1 evil.com exact\n2 bad.net exact\n");
  EXPECT_EQ(read_csv("http://192.0.2.1/x.sh,evil.com\nhttp://evil.com/,a\n"),
            "1 ip_address: http://192.0.2.1/x.sh\n2 evil.com exact\n");
}

TEST(CsvLines, TheColumnMayBeNamedOrNumbered) {
  EXPECT_EQ(read_csv("domain,Bad One\ngood.com,evil.com\n", "bad one"), "2 evil.com exact\n");
  EXPECT_EQ(read_csv("domain,bad\ngood.com,evil.com\n", "2"), "2 evil.com exact\n");
  EXPECT_EQ(read_csv("good.com,evil.com\n", "2"), "1 evil.com exact\n");
  EXPECT_EQ(read_csv("# a,b\ngood.com,evil.com\n", "b"), "2 evil.com exact\n");
}

TEST(CsvLines, QuotedFieldsMayHoldDelimitersQuotesAndLineBreaks) {
  EXPECT_EQ(read_csv("note,domain\n\"a, \"\"b\"\"\",evil.com\n"), "2 evil.com exact\n");
  EXPECT_EQ(read_csv("note,domain\n\"two\nlines, \"\"x\"\"\n\",evil.com\n\"\",bad.com\n"),
            "2 evil.com exact\n5 bad.com exact\n");
  EXPECT_EQ(read_csv("domain,note\n\"ev\"\"il.com\",x\n"), "2 not_host_name: ev\"il.com\n");
  EXPECT_EQ(read_csv("domain,note\nevil.com,5\" disk\nbad.com,x\n"), "2 evil.com exact\n3 bad.com exact\n");
}

TEST(CsvLines, ValuesThatAreNoEntriesAreLeftOut) {
  EXPECT_EQ(read_csv("ioc,type\n192.0.2.1:80,ip\nd41d8cd98f00b204e9800998ecf8427e,md5\nx.lan,domain\n"),
            "2 ip_address: 192.0.2.1:80\n3 no_valid_tld: d41d8cd98f00b204e9800998ecf8427e\n4 no_valid_tld: "
            "x.lan\n");
  EXPECT_EQ(read_csv("id,domain\n1\n"), "2 not_host_name: 1\n");
}

TEST(CsvLines, WhatCannotBeReadIsAnError) {
  const std::vector<LineCase> cases = {
      {"no column of domains", "a,b\n1,2\n",
       "error: list: no column of domains found among: a, b; name one with --column"},
      {"quotes that do not end", "domain,x\nevil.com,\"a\nbad.com,b\n",
       "error: list: line 2: a quoted field does not end"},
  };
  for (const LineCase& c : cases) EXPECT_EQ(read_csv(c.line), c.expected) << c.what;
  EXPECT_EQ(read_csv("a,b\n", "c"), "error: list: there is no column \"c\"; the header has a, b");
  EXPECT_EQ(read_csv("a,b\n", "3"), "error: list: there is no column 3: the first record has 2");
}

TEST(CsvLines, AQuotedFieldIsBounded) {
  std::string list = "domain,x\nevil.com,\"";
  for (size_t size = 0; size <= kListLineSizeMax; size += 100) list += std::string(99, 'a') + "\n";
  EXPECT_EQ(read_csv(list), "error: list: line 2: a quoted field does not end");
}

}  // namespace
}  // namespace querymark
