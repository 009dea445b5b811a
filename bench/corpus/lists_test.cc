// SPDX-License-Identifier: Apache-2.0
#include "corpus/lists.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

#include "corpus/domains.h"
#include "corpus/records.h"
#include "dns/domain_name.h"
#include "lists/list_reader.h"

namespace querymark::corpus {
namespace {

constexpr ListFormat kFormats[] = {ListFormat::kText,    ListFormat::kDomains, ListFormat::kHosts,
                                   ListFormat::kAdblock, ListFormat::kRpz,     ListFormat::kCsv,
                                   ListFormat::kDnsmasq, ListFormat::kUnbound};

std::string list(const ListOptions& options, uint64_t begin, uint64_t end) {
  std::string out;
  append_list(out, options, begin, end);
  return out;
}

class RegistrableDomains final : public ListSink {
 public:
  void entry(const ListEntry& entry) override { found.emplace(entry.registrable_domain); }
  void skip(const ListSkip&) override {}
  std::set<std::string> found;
};

std::set<std::string> read(const std::string& text, ListFormat format) {
  RegistrableDomains domains;
  ListReaderOptions options;
  options.format = format;
  ListReader reader(options, SuffixTable::built_in(), domains, to_string(format).data());
  EXPECT_TRUE(reader.feed(text));
  EXPECT_TRUE(reader.finish());
  return domains.found;
}

TEST(CorpusLists, EveryFormatSaysTheSameDomains) {
  std::set<std::string> expected;
  for (uint64_t position = 0; position < 2000; ++position) {
    std::string domain;
    append_domain(domain, interesting_domain(1, position));
    expected.insert(domain);
  }
  for (const ListFormat format : kFormats) {
    EXPECT_EQ(read(list({.format = format}, 0, 2000), format), expected) << to_string(format);
    EXPECT_EQ(read(list({.format = format, .hosts = true}, 0, 2000), format), expected) << to_string(format);
  }
}

TEST(CorpusLists, TheFormatIsRecognised) {
  for (const ListFormat format : kFormats) {
    EXPECT_EQ(guess_list_format(list({.format = format}, 0, 2000)).format, format) << to_string(format);
  }
}

TEST(CorpusLists, PartsPutTogetherAreTheList) {
  const ListOptions options{.seed = 3, .format = ListFormat::kRpz, .hosts = true};
  EXPECT_EQ(list(options, 0, 10) + list(options, 10, 30), list(options, 0, 30));
}

TEST(CorpusLists, OfAMillionNamesSomeTwoPercentOfRecordsMatch) {
  std::unordered_set<std::string> interesting;
  for (uint64_t position = 0; position < 1'000'000; ++position) {
    std::string domain;
    append_domain(domain, interesting_domain(1, position));
    interesting.insert(domain);
  }
  constexpr uint64_t kRecords = 50000;
  const RecordSource records(1);
  uint64_t matched = 0;
  for (uint64_t index = 0; index < kRecords; ++index) {
    std::string record;
    records.append(index, record);
    const std::string name = nlohmann::json::parse(record)["query_name"];
    const DomainName asked = normalize_name(name);
    matched += interesting.count(std::string(SuffixTable::built_in().registrable_domain(asked.text())));
  }
  EXPECT_NEAR(static_cast<double>(matched) / kRecords, 0.02, 0.003);
}

}  // namespace
}  // namespace querymark::corpus
