// SPDX-License-Identifier: Apache-2.0
// The Public Suffix List project's own cases, from ../shared/data/psl where that is there, adapted to our
// rulings: there is no default rule, and a bare suffix stands for itself; one with a leading dot, which we
// ignore, as well. Every adapted row is listed here.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "dns/domain_name.h"
#include "psl/suffix_table.h"

namespace querymark {
namespace {

constexpr const char* kFolder = QUERYMARK_SOURCE_DIR "/../shared/data/psl/";
constexpr const char* kNone = "null";

// Name -> what we answer instead of the official answer.
const std::map<std::string, std::string> kAdaptedRows = {
    // No default rule "*": what has an unknown TLD has no registrable domain.
    {"example.example", kNone},
    {"b.example.example", kNone},
    {"a.b.example.example", kNone},
    // A bare suffix stands for itself, and a leading dot is ignored.
    {"COM", "com"},
    {".com", "com"},
    {".example.com", "example.com"},
    {"biz", "biz"},
    {"com", "com"},
    {"uk.com", "uk.com"},
    {"c.mm", "c.mm"},
    {"jp", "jp"},
    {"ac.jp", "ac.jp"},
    {"kyoto.jp", "kyoto.jp"},
    {"ide.kyoto.jp", "ide.kyoto.jp"},
    {"c.kobe.jp", "c.kobe.jp"},
    {"test.ck", "test.ck"},
    {"us", "us"},
    {"ak.us", "ak.us"},
    {"k12.ak.us", "k12.ak.us"},
    {"公司.cn", "公司.cn"},
    {"中国", "中国"},
    {"xn--55qx5d.cn", "xn--55qx5d.cn"},
    {"xn--fiqs8s", "xn--fiqs8s"},
};

std::string registrable_domain(const std::string& text) {
  const DomainName name = normalize_name(text);
  const std::string_view domain = SuffixTable::built_in().registrable_domain(name.text());
  return domain.empty() ? kNone : std::string(domain);
}

// One official case: `expected` as the project has it, "null" for none.
struct OfficialCases {
  std::map<std::string, std::string> unused = kAdaptedRows;
  size_t count = 0;

  void check(const std::string& name, std::string expected) {
    ++count;
    unused.erase(name);
    if (const auto row = kAdaptedRows.find(name); row != kAdaptedRows.end()) expected = row->second;
    if (expected != kNone) expected = normalize_name(expected).text();
    EXPECT_EQ(registrable_domain(name), expected) << name;
  }

  void expect_every_adapted_row_seen() const {
    for (const auto& [name, unneeded] : unused) ADD_FAILURE() << "no official case: " << name;
  }
};

TEST(SuffixOfficial, TableOfCases) {
  std::ifstream file(std::string(kFolder) + "official_tests.tsv");
  if (!file) GTEST_SKIP() << "no official_tests.tsv in " << kFolder;
  OfficialCases cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    const size_t tab = line.find('\t');
    cases.check(line.substr(0, tab), line.substr(tab + 1));
  }
  EXPECT_EQ(cases.count, 78u);
  cases.expect_every_adapted_row_seen();
}

// Lines such as checkPublicSuffix('a.b.com', 'b.com'); or with null for either.
TEST(SuffixOfficial, ScriptOfCases) {
  std::ifstream file(std::string(kFolder) + "test_psl.txt");
  if (!file) GTEST_SKIP() << "no test_psl.txt in " << kFolder;
  OfficialCases cases;
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kCall = "checkPublicSuffix(";
    if (!line.starts_with(kCall)) continue;
    const size_t comma = line.find(", ");
    const auto unquoted = [](const std::string& text) {
      return text.starts_with("'") ? text.substr(1, text.size() - 2) : text;
    };
    const std::string name = line.substr(kCall.size(), comma - kCall.size());
    cases.check(unquoted(name), unquoted(line.substr(comma + 2, line.find(')') - comma - 2)));
  }
  EXPECT_GT(cases.count, 70u);
  cases.expect_every_adapted_row_seen();
}

}  // namespace
}  // namespace querymark
