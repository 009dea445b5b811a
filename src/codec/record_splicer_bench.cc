// SPDX-License-Identifier: Apache-2.0
// Changing members of records, in bytes and records a second.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "codec/record_samples.h"
#include "codec/record_splicer.h"

namespace querymark {
namespace {

using Layout = RecordSamples::Layout;

constexpr size_t kRecords = 500;

void splice(benchmark::State& state, Layout layout, std::string_view first) {
  RecordSamples samples(1, layout);
  std::vector<std::string> records;
  size_t bytes = 0;
  for (size_t i = 0; i < kRecords; ++i) {
    records.push_back(samples.next().insert(1, first));
    bytes += records.back().size();
  }
  const MemberEdit edit{"isMatchedDomain", "\"Y\""};
  std::string out;
  for (auto _ : state) {
    out.clear();
    for (const std::string& record : records) splice_record(record, {&edit, 1}, out);
    benchmark::ClobberMemory();
  }
  size_t written = 0;
  constexpr std::string_view kWritten = "\"isMatchedDomain\":\"Y\"";
  for (size_t at = out.find(kWritten); at != std::string::npos; at = out.find(kWritten, at + 1)) ++written;
  if (written != kRecords || out.find('\n') != std::string::npos) return state.SkipWithError("wrong answer");
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRecords));
}
BENCHMARK_CAPTURE(splice, marked_before, Layout::kMinified, R"("isMatchedDomain":"N",)");
BENCHMARK_CAPTURE(splice, pretty, Layout::kPretty, "");

}  // namespace
}  // namespace querymark
