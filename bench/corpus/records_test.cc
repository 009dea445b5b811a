// SPDX-License-Identifier: Apache-2.0
#include "corpus/records.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace querymark::corpus {
namespace {

using nlohmann::json;

constexpr uint64_t kCount = 50000;

uint64_t fnv1a(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string record(const RecordSource& records, uint64_t index) {
  std::string out;
  records.append(index, out);
  return out;
}

// Every record of the sample, with the kind of its name.
template <typename Visit>
void for_each_record(const Visit& visit) {
  const RecordSource records(1);
  std::string text;
  for (uint64_t index = 0; index < kCount; ++index) {
    text.clear();
    const NameKind kind = records.append(index, text);
    visit(text, kind);
  }
}

TEST(CorpusRecords, OneSeedGivesTheSameBytesOnEveryMachine) {
  const RecordSource records(1);
  std::string log;
  for (uint64_t index = 0; index < 20000; ++index) records.append(index, log);
  EXPECT_EQ(fnv1a(log), 15080940341048131815u);
}

TEST(CorpusRecords, ARecordDoesNotDependOnTheOnesBefore) {
  const RecordSource records(1);
  const std::string later = record(records, 77);
  record(records, 3);
  EXPECT_EQ(record(records, 77), later);
  EXPECT_NE(record(RecordSource(2), 77), later);
}

TEST(CorpusRecords, EachIsOneObjectOnOneLineWithTheMembersOfTheLog) {
  const std::set<std::string> always = {"version",         "account_id", "region",     "vpc_id",
                                        "query_timestamp", "query_name", "query_type", "query_class",
                                        "rcode",           "answers",    "srcaddr",    "srcport"};
  for_each_record([&](const std::string& text, NameKind) {
    ASSERT_EQ(text.find('\n'), std::string::npos);
    const json parsed = json::parse(text);
    for (const std::string& member : always) ASSERT_TRUE(parsed.contains(member)) << member << text;
    ASSERT_LE(parsed["query_name"].get<std::string>().size(), 255u);
    for (const json& answer : parsed["answers"]) ASSERT_EQ(answer.size(), 3u) << text;
  });
}

TEST(CorpusRecords, NamesAreMixedAsTheSharesSay) {
  std::array<int, kNameKindCount> counts{};
  for_each_record([&](const std::string&, NameKind kind) { ++counts[static_cast<size_t>(kind)]; });
  for (size_t kind = 0; kind < kNameKindCount; ++kind) {
    EXPECT_NEAR(counts[kind], kNameShares[kind] * kCount / 1000.0, 0.005 * kCount) << kind;
  }
}

TEST(CorpusRecords, ARecordIsSome530BytesInTheMean) {
  size_t size = 0;
  for_each_record([&](const std::string& text, NameKind) { size += text.size() + 1; });
  EXPECT_NEAR(static_cast<double>(size) / kCount, 529, 10);
}

TEST(CorpusRecords, EveryVariationOfTheMembersIsSeen) {
  std::map<std::string, int> seen;
  for_each_record([&](const std::string& text, NameKind) {
    const json parsed = json::parse(text);
    const json source = parsed.value("srcids", json());
    if (source.is_null()) ++seen["no srcids"];
    if (source.is_array()) ++seen["array of srcids"];
    if (source.is_object() && source.empty()) ++seen["empty srcids"];
    if (source.contains("instance")) ++seen["instance"];
    if (source.contains("resolver_endpoint")) ++seen["endpoint"];
    if (!parsed.contains("transport")) ++seen["no transport"];
    if (parsed.value("transport", "") == "TCP") ++seen["TCP"];
    if (parsed.contains("firewall_rule_action")) ++seen[parsed["firewall_rule_action"]];
    if (text.starts_with("{\"srcaddr\"")) ++seen["other order"];
    if (parsed["srcaddr"].get<std::string>().find(':') != std::string::npos) ++seen["source of IPv6"];
    if (parsed["answers"].empty()) ++seen["no answers"];
    const std::string name = parsed["query_name"];
    if (name.find("\\052") != std::string::npos) ++seen["escape"];
    if (name.find('W') != std::string::npos) ++seen["upper case"];
    if (name.size() > 64 && name.size() > 150) ++seen["tunnel"];
    if (name.back() != '.') ++seen["no dot"];
    if (name == ".") ++seen["root"];
    ++seen[parsed["rcode"]];
    for (const json& answer : parsed["answers"]) {
      ++seen[answer["Type"]];
      if (answer["Rdata"].get<std::string>().find('"') != std::string::npos) ++seen["quotes in Rdata"];
    }
  });
  for (const char* what : {"no srcids",
                           "array of srcids",
                           "empty srcids",
                           "instance",
                           "endpoint",
                           "no transport",
                           "TCP",
                           "ALERT",
                           "BLOCK",
                           "other order",
                           "source of IPv6",
                           "no answers",
                           "escape",
                           "upper case",
                           "tunnel",
                           "no dot",
                           "root",
                           "NOERROR",
                           "NXDOMAIN",
                           "SERVFAIL",
                           "REFUSED",
                           "A",
                           "AAAA",
                           "CNAME",
                           "PTR",
                           "TXT",
                           "MX",
                           "NS",
                           "SRV",
                           "HTTPS",
                           "quotes in Rdata"}) {
    EXPECT_GT(seen[what], 0) << what;
  }
}

TEST(CorpusRecords, TimesGoOnInTheOrderOfTheLog) {
  EXPECT_NE(record(RecordSource(1), 0).find(R"("query_timestamp":"2026-03-01T00:00:00Z")"),
            std::string::npos);
  EXPECT_NE(record(RecordSource(1), 200 * 86400 + 200).find(R"("query_timestamp":"2026-03-02T00:00:01Z")"),
            std::string::npos);
  EXPECT_EQ(RecordSource(1, 20000).time_ms(2), RecordSource(1).time_ms(0) + 40000);
}

}  // namespace
}  // namespace querymark::corpus
