// SPDX-License-Identifier: Apache-2.0
#include "domains/domain_set.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "domains/domain_set_fixture.h"
#include "domains/domain_set_reference.h"

namespace querymark {
namespace {

constexpr auto kExact = EntryScope::kExact;
constexpr auto kSubtree = EntryScope::kSubtree;
constexpr auto kRegistered = EntryKeep::kRegistered;
constexpr auto kListed = EntryKeep::kListed;
constexpr bool kAllow = true;

ReferenceTable meaning_table() {
  return {fixture_suffixes(),
          {"spam", "ads"},
          {
              {"evil.com", kExact},
              {"www.bad.com", kExact},
              {"a.b.worse.co.uk", kSubtree, kRegistered, false, 1},
              {"worse.co.uk", kExact},
              {"listed.com", kExact, kListed},
              {"host.partly.com", kSubtree, kListed},
              {"mixed.com", kExact, kListed},
              {"sub.mixed.com", kSubtree, kRegistered, false, 1},
              {"good.com", kSubtree},
              {"good.com", kExact, kRegistered, kAllow, 1},
              {"fine.com", kSubtree},
              {"www.fine.com", kSubtree, kRegistered, kAllow},
              {"evil.www.fine.com", kExact},
              {"same.com", kExact},
              {"same.com", kSubtree, kRegistered, false, 1},
              {"github.com", kExact},
              {"x.github.com", kSubtree},
              {"test.ck", kSubtree},
              {"www.ck", kExact},
              {"db.internal", kSubtree},
              {"10.0.0.1", kExact},
              {"tld", kSubtree, kListed},
              {"only.allowed.com", kExact, kListed, kAllow},
              {"both.com", kSubtree, kListed},
              {"both.com", kExact, kListed, kAllow},
          }};
}

struct MatchCase {
  const char* what;
  const char* query;
  const char* registered;
  const char* listed;
};

constexpr MatchCase kMatchCases[] = {
    {"a domain itself", "evil.com", "interesting evil.com exact [spam]", "interesting evil.com exact [spam]"},
    {"below a domain", "www.evil.com", "interesting evil.com exact [spam]", "none"},
    {"a name kept registered stands for its domain", "mail.bad.com", "interesting bad.com exact [spam]",
     "none"},
    {"and is itself in listed mode", "www.bad.com", "interesting bad.com exact [spam]",
     "interesting www.bad.com exact [spam]"},
    {"but its domain is not listed", "bad.com", "interesting bad.com exact [spam]", "none"},
    {"what falls on a domain has all its lists and the widest scope", "worse.co.uk",
     "interesting worse.co.uk subtree [ads spam]", "interesting worse.co.uk exact [spam]"},
    {"a subtree below", "c.a.b.worse.co.uk", "interesting worse.co.uk subtree [ads spam]",
     "interesting a.b.worse.co.uk subtree [ads]"},
    {"not a subtree's sibling", "xa.b.worse.co.uk", "interesting worse.co.uk subtree [ads spam]", "none"},
    {"a name kept listed that is a domain", "a.listed.com", "interesting listed.com exact [spam]", "none"},
    {"a name kept listed that is none", "host.partly.com", "none",
     "interesting host.partly.com subtree [spam]"},
    {"below it", "a.host.partly.com", "none", "interesting host.partly.com subtree [spam]"},
    {"above it", "partly.com", "none", "none"},
    {"kept both ways", "mixed.com", "interesting mixed.com subtree [ads spam]",
     "interesting mixed.com exact [spam]"},
    {"an allow entry wins at the same name", "good.com", "allowed good.com exact [ads]",
     "allowed good.com exact [ads]"},
    {"an exact allow entry allows nothing below in listed mode", "a.good.com", "allowed good.com exact [ads]",
     "interesting good.com subtree [spam]"},
    {"an allow entry that is no domain does not count in registered mode", "www.fine.com",
     "interesting fine.com subtree [spam]", "allowed www.fine.com subtree [spam]"},
    {"the most specific entry decides", "evil.www.fine.com", "interesting fine.com subtree [spam]",
     "interesting evil.www.fine.com exact [spam]"},
    {"below the most specific one that applies", "a.evil.www.fine.com", "interesting fine.com subtree [spam]",
     "allowed www.fine.com subtree [spam]"},
    {"beside it", "api.fine.com", "interesting fine.com subtree [spam]",
     "interesting fine.com subtree [spam]"},
    {"the widest scope of several lists wins, every list is remembered", "a.same.com",
     "interesting same.com subtree [ads spam]", "interesting same.com subtree [ads spam]"},
    {"a public suffix is its own domain", "github.com", "interesting github.com exact [spam]",
     "interesting github.com exact [spam]"},
    {"a domain below a public suffix is another", "y.github.com", "none", "none"},
    {"such a domain", "a.x.github.com", "interesting x.github.com subtree [spam]",
     "interesting x.github.com subtree [spam]"},
    {"a suffix by a wildcard", "test.ck", "interesting test.ck subtree [spam]",
     "interesting test.ck subtree [spam]"},
    {"below it", "a.test.ck", "none", "interesting test.ck subtree [spam]"},
    {"an exception", "a.www.ck", "interesting www.ck exact [spam]", "none"},
    {"no registrable domain", "a.db.internal", "none", "interesting db.internal subtree [spam]"},
    {"an IP address", "10.0.0.1", "none", "interesting 10.0.0.1 exact [spam]"},
    {"a single label", "a.b.tld", "none", "interesting tld subtree [spam]"},
    {"allow entries do not reduce", "allowed.com", "none", "none"},
    {"and count where they are listed", "only.allowed.com", "none", "allowed only.allowed.com exact [spam]"},
    {"exact allow inside subtree, at the name", "both.com", "allowed both.com exact [spam]",
     "allowed both.com exact [spam]"},
    {"and below it", "a.both.com", "allowed both.com exact [spam]", "interesting both.com subtree [spam]"},
    {"absent", "absent.com", "none", "none"},
    {"a suffix that is not listed", "com", "none", "none"},
};

TEST(DomainSet, Matches) {
  const ReferenceTable table = meaning_table();
  const DomainSet set = build_in_memory(table);
  for (const MatchCase& row : kMatchCases) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(find_in_set(set, table.suffixes, MatchMode::kRegistered, row.query), row.registered);
    EXPECT_EQ(find_in_set(set, table.suffixes, MatchMode::kListed, row.query), row.listed);
  }
}

TEST(DomainSet, TheReferenceReadsTheMatchesTheSame) {
  const ReferenceTable table = meaning_table();
  for (const MatchCase& row : kMatchCases) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(find_registered_slowly(table, row.query), row.registered);
    EXPECT_EQ(find_listed_slowly(table, row.query), row.listed);
  }
}

TEST(DomainSet, TellsWhatItWasMadeFrom) {
  ReferenceTable table = meaning_table();
  table.rows[3].valid_until = 2000;
  table.rows[5].valid_until = 1000;
  table.rows.push_back(table.rows[0]);  // a duplicate counts once
  const DomainSet set = build_in_memory(table);
  EXPECT_EQ(set.table_version(), 42U);
  EXPECT_EQ(set.suffix_identity(), "test icann+private");
  EXPECT_EQ(set.valid_until(), 1000U);
  EXPECT_EQ(set.entry_count(), 21U);
  EXPECT_EQ(set.allow_count(), 4U);
  // host.partly.com, db.internal, 10.0.0.1, tld; www.fine.com and only.allowed.com.
  EXPECT_EQ(set.unmatchable_count(MatchMode::kRegistered), 4U);
  EXPECT_EQ(set.unmatchable_allow_count(MatchMode::kRegistered), 2U);
  EXPECT_EQ(set.unmatchable_count(MatchMode::kListed), 0U);
  EXPECT_EQ(set.unmatchable_allow_count(MatchMode::kListed), 0U);
  // 22 listed names and bad.com.
  EXPECT_EQ(set.name_count(), 23U);
  EXPECT_TRUE(set.check());
}

TEST(DomainSet, AnEmptySetHoldsNothing) {
  const ReferenceTable table{fixture_suffixes(), {}, {}};
  const DomainSet set = build_in_memory(table);
  EXPECT_EQ(set.entry_count(), 0U);
  EXPECT_EQ(set.name_count(), 0U);
  EXPECT_EQ(set.valid_until(), UINT64_MAX);
  EXPECT_TRUE(set.check());
  EXPECT_EQ(find_in_set(set, table.suffixes, MatchMode::kRegistered, "a.com"), "none");
  EXPECT_EQ(find_in_set(set, table.suffixes, MatchMode::kListed, "a.com"), "none");
}

TEST(DomainSet, HoldsOneEntry) {
  const ReferenceTable table{fixture_suffixes(), {"list"}, {{"a.com"}}};
  const DomainSet set = build_in_memory(table);
  EXPECT_EQ(find_in_set(set, table.suffixes, MatchMode::kRegistered, "b.a.com"),
            "interesting a.com exact [list]");
  EXPECT_EQ(find_in_set(set, table.suffixes, MatchMode::kRegistered, "b.com"), "none");
}

// Names of one to four labels of a few, so that many meet.
std::string random_name(std::mt19937& random) {
  static constexpr const char* kEnds[] = {"com", "co.uk", "uk", "ck", "www.ck", "github.com", "lan", "x.com"};
  static constexpr const char* kLabels[] = {"a", "b", "www"};
  std::string name = kEnds[random() % std::size(kEnds)];
  for (uint32_t labels = random() % 4; labels > 0; --labels)
    name.insert(0, std::string(kLabels[random() % 3]).append("."));
  return name;
}

ReferenceTable random_table(std::mt19937& random, size_t row_count) {
  ReferenceTable table{fixture_suffixes(), {"c", "a", "d", "b"}, {}};
  for (size_t i = 0; i < row_count; ++i)
    table.rows.push_back({random_name(random), random() % 2 == 0 ? kExact : kSubtree,
                          random() % 2 == 0 ? kRegistered : kListed, random() % 4 == 0,
                          static_cast<uint32_t>(random() % 4)});
  return table;
}

TEST(DomainSet, AnswersAsTheSlowReadingOfRandomTables) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const ReferenceTable table = random_table(random, 1 + random() % 60);
    const DomainSet set = build_in_memory(table, round);
    for (int i = 0; i < 200; ++i) {
      const std::string query = random_name(random);
      for (const MatchMode mode : {MatchMode::kRegistered, MatchMode::kListed})
        ASSERT_EQ(find_in_set(set, table.suffixes, mode, query), find_slowly(table, mode, query))
            << "round " << round << ", " << to_string(mode) << ", query " << query;
    }
  }
}

std::vector<std::string> answers_of(DomainLookup& lookup, const DomainSet& set,
                                    const std::vector<DomainQuery>& queries) {
  std::vector<DomainMatch> matches(queries.size(), DomainMatch{DomainMatch::Verdict::kFailed, kExact, 0, {}});
  EXPECT_TRUE(lookup.find(queries, matches));
  std::vector<std::string> answers;
  for (const DomainMatch& match : matches) {
    EXPECT_EQ(lookup.list_names(match), set.list_names(match));
    answers.push_back(describe(set, match));
  }
  return answers;
}

TEST(DomainSet, ABatchOfAnySizeIsAnsweredAsEachName) {
  std::mt19937 random(2);
  const ReferenceTable table = random_table(random, 100);
  const DomainSet set = build_in_memory(table);
  std::vector<std::string> names;
  names.reserve(400);
  for (int i = 0; i < 300; ++i) names.push_back(random_name(random));
  names.push_back("");
  std::string labels;  // more than a name of the DNS can have
  for (int i = 0; i < 1000; ++i) labels += "a.";
  names.push_back(labels + "com");
  for (int i = 0; i < 20; ++i) names.push_back(labels.substr(0, 250) + "b.com");
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{2}, size_t{63}, size_t{64}, size_t{65}, names.size()}) {
    for (const MatchMode mode : {MatchMode::kRegistered, MatchMode::kListed}) {
      std::vector<DomainQuery> queries;
      std::vector<std::string> expected;
      for (size_t i = names.size() - size; i < names.size(); ++i) {
        queries.push_back({names[i], table.suffixes.registrable_domain(names[i])});
        expected.push_back(find_slowly(table, mode, names[i]));
      }
      const std::unique_ptr<DomainLookup> lookup = make_domain_set_lookup(set, mode);
      EXPECT_EQ(answers_of(*lookup, set, queries), expected) << size << " " << to_string(mode);
    }
  }
}

ReferenceTable large_table(size_t row_count) {
  ReferenceTable table{fixture_suffixes(), {"even", "odd"}, {}};
  for (size_t i = 0; i < row_count; ++i) {
    std::string name = "host" + std::to_string(i * 7919) + (i % 3 == 0 ? ".co.uk" : ".com");
    table.rows.push_back({std::move(name), kSubtree, kRegistered, false, static_cast<uint32_t>(i % 2)});
  }
  return table;
}

TEST(DomainSet, HoldsManyNamesAndNoOthers) {
  const ReferenceTable table = large_table(200000);
  const DomainSet set = build_in_memory(table);
  EXPECT_EQ(set.name_count(), 200000U);
  EXPECT_TRUE(set.check());
  for (const ReferenceRow& row : table.rows) {
    const DomainMatch match = set.find_registered(row.name, set.hash(row.name));
    ASSERT_EQ(match.verdict, DomainMatch::Verdict::kInteresting);
    ASSERT_EQ(match.entry, row.name);
    ASSERT_EQ(set.list_names(match), std::vector{table.list_names[row.list]});
    const std::string absent = "x" + row.name;
    ASSERT_EQ(set.find_registered(absent, set.hash(absent)).verdict, DomainMatch::Verdict::kNone);
  }
}

TEST(DomainSet, KeepsItsSizes) {
  const DomainSet set = build_in_memory(large_table(100000));
  EXPECT_LE(static_cast<double>(set.probed_size()) / 100000, 13);
  EXPECT_LE(static_cast<double>(set.file_size()) / 100000, 40);
}

TEST(DomainSet, ManyThreadsMayAskAtOnce) {
  const ReferenceTable table = large_table(20000);
  const DomainSet set = build_in_memory(table);
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const std::unique_ptr<DomainLookup> lookup = make_domain_set_lookup(set, MatchMode::kListed);
      for (size_t i = thread; i < table.rows.size(); i += 3) {
        const std::string& name = table.rows[i].name;
        const DomainQuery query{name, name};
        DomainMatch match;
        ASSERT_TRUE(lookup->find({&query, 1}, {&match, 1}));
        ASSERT_EQ(match.entry, name);
        ASSERT_EQ(set.list_names(match), std::vector{table.list_names[table.rows[i].list]});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace querymark
