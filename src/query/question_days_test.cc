// SPDX-License-Identifier: Apache-2.0
#include "query/question_days.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

using Datehours = std::set<std::string>;

const Datehours kAll = {"", "2026/11/24", "2026/11/24/10", "2026/11/24/11", "2026/11/25/00"};

Datehours read(const std::string& text, const std::map<std::string, std::string>& parameters = {}) {
  const Result<Datehours> found = datehours_read({text, parameters}, kAll, SuffixTable::built_in());
  EXPECT_TRUE(found) << found.error().detail;
  return found ? *found : Datehours();
}

Datehours read_where(const std::string& condition) {
  return read("SELECT count(*) FROM route53query WHERE " + condition);
}

TEST(QuestionDays, ConditionsOnDayAndDatehourTell) {
  const Datehours day = {"2026/11/24", "2026/11/24/10", "2026/11/24/11"};
  EXPECT_EQ(read_where("day = '2026/11/24'"), day);
  EXPECT_EQ(read_where("day IN ('2026/11/24', '2020/01/01')"), day);
  EXPECT_EQ(read_where("day BETWEEN '2026/11/01' AND '2026/11/24' AND rcode = 'NXDOMAIN'"), day);
  EXPECT_EQ(read_where("day >= strftime(DATE '2026-11-25', '%Y/%m/%d')"), Datehours{"2026/11/25/00"});
  EXPECT_EQ(read_where("datehour = '2026/11/24/10'"), Datehours{"2026/11/24/10"});
  EXPECT_EQ(read_where("datehour LIKE '2026/11/24/1%'"), (Datehours{"2026/11/24/10", "2026/11/24/11"}));
  EXPECT_EQ(read_where("day = '2026/11/24' AND datehour > '2026/11/24/10'"), Datehours{"2026/11/24/11"});
  EXPECT_EQ(read_where("datehour = '2020/01/01/00'"), Datehours());
  EXPECT_EQ(read_where("day = ')('"), Datehours());
}

TEST(QuestionDays, EveryReadingOfTheTableCounts) {
  EXPECT_EQ(read("SELECT * FROM route53query a JOIN route53query b USING (query_name) "
                 "WHERE a.day = '2026/11/25' AND b.datehour = '2026/11/24/10'"),
            (Datehours{"2026/11/24/10", "2026/11/25/00"}));
  EXPECT_EQ(read("SELECT * FROM route53query a JOIN route53query b USING (query_name) "
                 "WHERE a.day = '2026/11/25'"),
            kAll);
}

TEST(QuestionDays, AReadingThatThePlanLeavesOutCounts) {
  const std::string day = "SELECT query_name FROM Route53Query WHERE day = '2026/11/25'";
  const std::string hour =
      "SELECT query_name FROM route53query WHERE route53query.datehour = '2026/11/24/10'";
  const Datehours both = {"2026/11/24/10", "2026/11/25/00"};
  for (const std::string& text :
       {day + " UNION ALL " + hour, day + " UNION " + hour, day + " EXCEPT " + hour,
        day + " INTERSECT " + hour, day + " AND query_name IN (" + hour + ")",
        day + " AND query_name NOT IN (" + hour + ")", day + " AND EXISTS (" + hour + ")",
        "WITH a AS (" + day + "), b AS (" + hour + ") FROM a, b",
        "WITH a AS MATERIALIZED (" + day + ") SELECT (" + hour + " LIMIT 1), * FROM a"}) {
    const Datehours found = read(text);
    EXPECT_TRUE(found == both || found == kAll) << text;
  }
  EXPECT_EQ(read(day + " UNION ALL " + hour), both);
}

TEST(QuestionDays, AllWhereTheQuestionDoesNotTell) {
  for (const char* condition : {"rcode = 'NXDOMAIN'", "day = '2026/11/24' OR rcode = 'NXDOMAIN'",
                                "day <> 'x'", "day = query_name", "query_name LIKE '%day = 2026%'"})
    EXPECT_EQ(read_where(condition), kAll) << condition;
  EXPECT_EQ(read("SELECT 1"), kAll);
}

TEST(QuestionDays, ParametersAreValues) {
  for (const Datehours& found :
       {read("SELECT 1 FROM route53query WHERE day = $day", {{"day", "2026/11/25"}})})
    EXPECT_TRUE(found == Datehours{"2026/11/25/00"} || found == kAll);
}

TEST(QuestionDays, MistakesAreFoundBeforeAnythingIsFetched) {
  for (const char* text : {"SELECT nonsense FROM route53query", "DROP VIEW route53query", "SELECT $day", ""})
    EXPECT_FALSE(datehours_read({text, {}}, kAll, SuffixTable::built_in())) << text;
}

}  // namespace
}  // namespace querymark
