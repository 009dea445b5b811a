// SPDX-License-Identifier: Apache-2.0
#include "lists/list_content.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace querymark {
namespace {

using namespace std::string_literals;

struct RefusedCase {
  std::string head;
  const char* says;
};

TEST(ListContent, PagesAndBinaryFilesAreRefused) {
  const std::vector<RefusedCase> cases = {
      {"<!DOCTYPE html><html>", "an HTML page"},
      {"\xEF\xBB\xBF\r\n <HTML lang=\"en\">", "an HTML page"},
      {"<!-- cached -->\n<html>", "an HTML page"},
      {"<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC>", "an HTML page"},
      {"# list\n! list\n<head><title>404", "an HTML page"},
      {"<?xml version=\"1.0\"?><Error><Code>AccessDenied", "a server's error document"},
      {"\x1F\x8B\x08", "gzip"},
      {"PK\x03\x04", "zip archive"},
      {"%PDF-1.7", "PDF"},
      {"\xFF\xFE"
       "e\0v\0"s,
       "UTF-16"},
      {"\xFE\xFF\0e\0v"s, "UTF-16"},
      {"evil.com\n\0\n"s, "NUL byte at byte 9"},
  };
  for (const RefusedCase& c : cases) {
    const std::optional<std::string> refused = refuse_content(c.head);
    ASSERT_TRUE(refused) << c.head;
    EXPECT_NE(refused->find(c.says), std::string::npos) << *refused;
  }
}

TEST(ListContent, ListsAreNotRefused) {
  for (const char* head : {"", "evil.com\n", "# <html>\nevil.com\n", "<evil.com>\n",
                           "\xEF\xBB\xBF\nevil.com\n", "! Title\n||evil.com^\n", "<!-- no end", "# no end"})
    EXPECT_FALSE(refuse_content(head)) << head;
}

TEST(ListContent, CarriageReturnsEndLinesOnlyWhereThereIsNoLineFeed) {
  EXPECT_EQ(find_line_end("a\rb\rc"), '\r');
  EXPECT_EQ(find_line_end("a\r\nb"), '\n');
  EXPECT_EQ(find_line_end("a\rb\nc"), '\n');
  EXPECT_EQ(find_line_end("a"), '\n');
}

}  // namespace
}  // namespace querymark
