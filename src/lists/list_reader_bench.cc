// SPDX-License-Identifier: Apache-2.0
// Reading a million names in each form, with the first-level domain of each. Every run checks the counts.
#include <benchmark/benchmark.h>

#include <random>
#include <string>

#include "lists/list_reader.h"

namespace querymark {
namespace {

constexpr uint64_t kNameCount = 1000000;

// Names as threat feeds have them: random words under common suffixes, a third with a host label.
std::string random_name(std::mt19937_64& random) {
  static constexpr const char* kSuffixes[] = {"com", "net",   "org",    "ru",   "top",
                                              "xyz", "co.uk", "com.br", "shop", "info"};
  std::string name;
  if (random() % 3 == 0) name = "host" + std::to_string(random() % 100) + ".";
  for (uint64_t i = 0, size = 6 + random() % 12; i < size; ++i)
    name += static_cast<char>('a' + random() % 26);
  return name + "." + kSuffixes[random() % std::size(kSuffixes)];
}

std::string make_list(std::string_view before, std::string_view after) {
  std::mt19937_64 random(1);
  std::string list;
  for (uint64_t i = 0; i < kNameCount; ++i) list.append(before).append(random_name(random)).append(after);
  return list;
}

class Summary final : public ListSink {
 public:
  void entry(const ListEntry& entry) override {
    ++entries;
    domain_bytes += entry.registrable_domain.size();
  }
  void skip(const ListSkip&) override { ++skips; }
  uint64_t entries = 0;
  uint64_t skips = 0;
  uint64_t domain_bytes = 0;
};

void read_list(benchmark::State& state, ListFormat format, const char* before, const char* after,
               const char* head = "") {
  const std::string list = head + make_list(before, after);
  ListReaderOptions options;
  options.format = format;
  for (auto _ : state) {
    Summary summary;
    ListReader reader(options, SuffixTable::built_in(), summary, "bench");
    const bool read = reader.feed(list) && reader.finish();
    if (!read || summary.entries != kNameCount || summary.skips != 0)
      return state.SkipWithError("not every name was read");
    benchmark::DoNotOptimize(summary.domain_bytes);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kNameCount));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(list.size()));
}

BENCHMARK_CAPTURE(read_list, domains, ListFormat::kDomains, "", "\n")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, hosts, ListFormat::kHosts, "0.0.0.0 ", "\n")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, adblock, ListFormat::kAdblock, "||", "^\n")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, rpz, ListFormat::kRpz, "*.", " CNAME .\n", "$TTL 60\n")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, csv, ListFormat::kCsv, "2024-01-01,\"", "\",malware\n", "date,domain,family\n")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, dnsmasq, ListFormat::kDnsmasq, "address=/", "/#\n")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, unbound, ListFormat::kUnbound, "local-zone: \"", ".\" always_null\n")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, text, ListFormat::kText, "", "\n")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, text_of_urls, ListFormat::kText, "hxxp://", "/bins/x.sh\n")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_list, text_defanged, ListFormat::kText, "seen at www[.]", " in January\n")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace querymark
