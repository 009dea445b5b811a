// SPDX-License-Identifier: Apache-2.0
// Lists of new entries into table and set, from a source in memory; every run checks what came of it. Peak
// memory is the process's: ask for one size at a time.
//
//   import_bench --benchmark_filter=/10000000$
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>

#include "base/temporary_folder.h"
#include "domains/sqlite_table.h"
#include "import/importer.h"

namespace querymark {
namespace {

// Names in no order, made as they are read: "0.0.0.0 n8473829384.com\n".
class GeneratedSource final : public ListSource {
 public:
  explicit GeneratedSource(uint64_t count) : count_(count) {}

  const std::string& name() const override { return name_; }
  std::optional<double> fraction_read() const override { return std::nullopt; }

  Result<size_t> read_some(char* out, size_t size) override {
    while (pending_.size() < size && made_ < count_) append_line();
    const size_t given = std::min(size, pending_.size());
    std::memcpy(out, pending_.data(), given);
    pending_.erase(0, given);
    return given;
  }

 private:
  void append_line() {
    static constexpr const char* kEndings[] = {".com\n", ".net\n", ".co.uk\n", ".ru\n", ".xyz\n"};
    const uint64_t mixed = ++made_ * 0x9E3779B97F4A7C15;  // distinct for distinct numbers
    pending_.append("0.0.0.0 ").append(made_ % 4 == 0 ? "www." : "");
    pending_.append(std::to_string(mixed)).append(kEndings[made_ % std::size(kEndings)]);
  }

  std::string name_ = "generated";
  uint64_t count_;
  uint64_t made_ = 0;
  std::string pending_;
};

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void import_into_table_and_set(benchmark::State& state) {
  const auto count = static_cast<uint64_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    const Result<TemporaryFolder> folder = TemporaryFolder::create();
    std::vector<std::unique_ptr<ListSource>> sources;
    sources.push_back(std::make_unique<GeneratedSource>(count));
    ImportOptions options;
    options.list = "bench";
    state.ResumeTiming();

    Result<SqliteTable> table = SqliteTable::open(folder->path() + "/domains.db", TableAccess::kWrite);
    const Result<ImportSummary> summary =
        import_list(options, sources, SuffixTable::built_in(), *table, nullptr, nullptr);
    const Result<DomainSet> set = table->current_set(SuffixTable::built_in());
    if (!summary || !set || summary->table.added != count || set->entry_count() != count)
      return state.SkipWithError("not all names became entries");
  }
  state.SetItemsProcessed(static_cast<int64_t>(count) * static_cast<int64_t>(state.iterations()));
  state.counters["peak_MB"] = peak_megabytes();
}
BENCHMARK(import_into_table_and_set)
    ->Arg(1'000'000)
    ->Arg(10'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
}  // namespace querymark
