// SPDX-License-Identifier: Apache-2.0
// Finding and checking records, in bytes and records a second, beside what bounds it (counting line feeds)
// and what would be used instead (simdjson, told where the lines are, asked for query_name alone: it checks
// less).
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>

#include "codec/record_object.h"
#include "codec/record_samples.h"
#include "codec/record_scanner.h"

namespace querymark {
namespace {

using Layout = RecordSamples::Layout;

constexpr size_t kInCache = 1000;  // records
constexpr size_t kOutOfCache = 200'000;

struct Sample {
  std::string padded;
  size_t count;
  size_t name_bytes;  // of all names together: what each reader must find
  std::string_view text() const { return std::string_view(padded).substr(0, padded.size() - kScanPadding); }
};

size_t count_name_bytes(std::string_view text) {
  constexpr std::string_view kKey = "\"query_name\":";
  size_t bytes = 0;
  for (size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + 1)) {
    const size_t begin = text.find('"', at + kKey.size()) + 1;
    bytes += text.find('"', begin) - begin;
  }
  return bytes;
}

Sample sample_of(size_t count, Layout layout) {
  std::string text = RecordSamples(1, layout).stream(count);
  const size_t name_bytes = count_name_bytes(text);
  text.append(kScanPadding, '\0');
  return {std::move(text), count, name_bytes};
}

void report(benchmark::State& state, const Sample& sample) {
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(sample.text().size()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(sample.count));
}

void scan(benchmark::State& state, size_t count, Layout layout, MarkMembers members) {
  const Sample sample = sample_of(count, layout);
  std::array<ScannedRecord, 512> out;
  for (auto _ : state) {
    RecordScanner scanner(members);
    std::string_view rest = sample.text();
    size_t records = 0;
    size_t name_bytes = 0;
    for (ScanStep step{out.size(), 0, 0}; step.count == out.size();) {
      step = scanner.scan(rest, true, out);
      for (size_t i = 0; i < step.count; ++i) name_bytes += out[i].name_end - out[i].name_begin;
      records += step.count;
      rest.remove_prefix(step.consumed);
    }
    if (records != sample.count || name_bytes != sample.name_bytes)
      return state.SkipWithError("wrong answer");
  }
  report(state, sample);
}
BENCHMARK_CAPTURE(scan, in_cache, kInCache, Layout::kMinified, MarkMembers::kVerdict);
BENCHMARK_CAPTURE(scan, in_cache_annotated, kInCache, Layout::kMinified, MarkMembers::kAnnotated);
BENCHMARK_CAPTURE(scan, in_cache_spaced, kInCache, Layout::kSpaced, MarkMembers::kVerdict);
BENCHMARK_CAPTURE(scan, in_cache_pretty, kInCache, Layout::kPretty, MarkMembers::kVerdict);
BENCHMARK_CAPTURE(scan, out_of_cache, kOutOfCache, Layout::kMinified, MarkMembers::kVerdict);

// What the fast pass is beside: a byte at a time.
void read_objects(benchmark::State& state) {
  const Sample sample = sample_of(kInCache, Layout::kMinified);
  for (auto _ : state) {
    size_t name_bytes = 0;
    for (size_t at = 0; at < sample.text().size();) {
      const RecordObject object = read_object(sample.text(), at, MarkMembers::kVerdict);
      name_bytes += object.name_end - object.name_begin;
      at = object.end + 1;
    }
    if (name_bytes != sample.name_bytes) return state.SkipWithError("wrong answer");
  }
  report(state, sample);
}
BENCHMARK(read_objects);

void count_line_feeds(benchmark::State& state, size_t count) {
  const Sample sample = sample_of(count, Layout::kMinified);
  for (auto _ : state) {
    size_t lines = 0;
    const char* at = sample.padded.data();
    const char* const end = at + sample.text().size();
    while ((at = static_cast<const char*>(memchr(at, '\n', static_cast<size_t>(end - at)))) != nullptr) {
      ++lines;
      ++at;
    }
    if (lines != sample.count) return state.SkipWithError("wrong answer");
  }
  report(state, sample);
}
BENCHMARK_CAPTURE(count_line_feeds, in_cache, kInCache);
BENCHMARK_CAPTURE(count_line_feeds, out_of_cache, kOutOfCache);

void simdjson_on_demand(benchmark::State& state, size_t count) {
  const Sample sample = sample_of(count, Layout::kMinified);
  const size_t capacity = sample.padded.size();
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    size_t name_bytes = 0;
    for (size_t at = 0; at < sample.text().size();) {
      const size_t end = sample.text().find('\n', at);
      simdjson::ondemand::document document;
      std::string_view name;
      if (parser.iterate(sample.padded.data() + at, end - at, capacity - at).get(document) != 0U ||
          document["query_name"].get(name) != 0U) {
        return state.SkipWithError("wrong answer");
      }
      name_bytes += name.size();
      at = end + 1;
    }
    if (name_bytes != sample.name_bytes) return state.SkipWithError("wrong answer");
  }
  report(state, sample);
}
BENCHMARK_CAPTURE(simdjson_on_demand, in_cache, kInCache);

}  // namespace
}  // namespace querymark
