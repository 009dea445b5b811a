// SPDX-License-Identifier: Apache-2.0
// Marking in memory: records of the generated corpus against a set of a million domains, from bytes to bytes.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "corpus/domains.h"
#include "corpus/records.h"
#include "domains/domain_set.h"
#include "domains/domain_set_builder.h"
#include "mark/marker.h"

namespace querymark {
namespace {

constexpr uint64_t kSeed = 1;
constexpr uint64_t kRecordCount = 100'000;
constexpr uint64_t kDomainCount = 1'000'000;
constexpr size_t kChunkSize = size_t{256} << 10;

DomainSet build_set() {
  const std::string path =
      std::filesystem::temp_directory_path() / ("marker_bench." + std::to_string(::getpid()) + ".set");
  DomainSetBuilder builder =
      *DomainSetBuilder::create(path, SuffixTable::built_in(), {.table_version = 1, .list_names = {"bench"}});
  std::string name;
  for (uint64_t position = 0; position < kDomainCount; ++position) {
    name.clear();
    corpus::append_domain(name, corpus::interesting_domain(kSeed, position));
    const Result<void> added = builder.add({.name = name,
                                            .scope = EntryScope::kExact,
                                            .keep = EntryKeep::kRegistered,
                                            .allow = false,
                                            .list = 0,
                                            .valid_until = UINT64_MAX});
    if (!added) std::abort();
  }
  if (!builder.finish()) std::abort();
  DomainSet set = *DomainSet::open(path);
  std::filesystem::remove(path);
  return set;
}

const DomainSet& domain_set() {
  static const DomainSet set = build_set();
  return set;
}

const std::string& records() {
  static const std::string text = [] {
    std::string made;
    const corpus::RecordSource source(kSeed);
    for (uint64_t index = 0; index < kRecordCount; ++index) {
      source.append(index, made);
      made += '\n';
    }
    made.reserve(made.size() + ByteBuffer::kPadding);
    return made;
  }();
  return text;
}

// Marks all records in pieces, as StreamMarker does.
MarkCounts mark_all(Marker& marker, MarkedRecords& out) {
  MarkCounts counts;
  std::string_view rest = records();
  while (!rest.empty()) {
    out.clear();
    const std::string_view chunk = rest.substr(0, kChunkSize);
    const Marker::Step step = marker.mark(chunk, chunk.size() == rest.size(), out);
    benchmark::DoNotOptimize(out.text.data());
    counts += out.counts;
    rest.remove_prefix(step.consumed);
  }
  return counts;
}

void marker(benchmark::State& state, MatchMode mode, bool annotate) {
  const std::unique_ptr<DomainLookup> lookup = make_domain_set_lookup(domain_set(), mode);
  Marker marker(SuffixTable::built_in(), *lookup, {.annotate = annotate});
  MarkedRecords out;
  MarkCounts counts;
  for (auto _ : state) counts = mark_all(marker, out);
  if (counts.records != kRecordCount || counts.rejected != 0 || counts.matched == 0)
    state.SkipWithError("the records were not marked");
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * records().size()));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kRecordCount));
  state.counters["matched_percent"] = 100.0 * static_cast<double>(counts.matched) / kRecordCount;
}

BENCHMARK_CAPTURE(marker, registered, MatchMode::kRegistered, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(marker, listed, MatchMode::kListed, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(marker, annotated, MatchMode::kRegistered, true)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace querymark
