// SPDX-License-Identifier: Apache-2.0
#include "query/reading_text.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(ReadingText, StatementsThatReadPass) {
  for (const char* text :
       {"SELECT 1", "  select\n1", "-- why\nSELECT 1", "/* a */ /* b */ WITH x AS (SELECT 1) FROM x",
        "((SELECT 1))", "FROM t", "VALUES (1)", "TABLE t", "DESCRIBE t", "SHOW TABLES", "summarize t",
        "EXPLAIN SELECT 1", "explain analyze select 1", "EXPLAIN /* how */ ANALYZE FROM t"})
    EXPECT_TRUE(require_reading_word(text)) << text;
}

TEST(ReadingText, AllOthersDoNot) {
  for (const char* text : {"", " ", "-- SELECT", "/* SELECT 1", "COPY t TO 'x'", "EXPLAIN COPY t TO 'x'",
                           "EXPLAIN ANALYZE INSERT INTO t SELECT 1", "SELECTED", "EXPORT DATABASE 'x'",
                           "SET a = 1", "EXPLAIN EXPLAIN SELECT 1", "*/ SELECT 1", "; SELECT 1", "1"})
    EXPECT_FALSE(require_reading_word(text)) << text;
}

TEST(ReadingText, LastSemicolonsAndBlanksGo) {
  EXPECT_EQ(without_semicolon("SELECT ';' ; \n;"), "SELECT ';'");
  EXPECT_EQ(without_semicolon(";"), "");
}

}  // namespace
}  // namespace querymark
