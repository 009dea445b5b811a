// SPDX-License-Identifier: Apache-2.0
// Names as logged into their normal form: the fast path on plain names, on names of mixed case, and on the
// few that it hands to the general function. Every run checks the fast path's answers against that
// function's.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "dns/domain_name.h"

namespace querymark {
namespace {

constexpr size_t kNameCount = 100000;

// Names of two to five labels, 31 bytes on average, each with the root's dot.
class LoggedNames {
 public:
  explicit LoggedNames(std::string_view alphabet) {
    std::mt19937 random(3);
    std::vector<size_t> ends;
    for (size_t i = 0; i < kNameCount; ++i) {
      for (size_t labels = 2 + random() % 4; labels > 0; --labels) {
        for (size_t size = 2 + random() % 14; size > 0; --size)
          bytes_ += alphabet[random() % alphabet.size()];
        bytes_ += '.';
      }
      ends.push_back(bytes_.size());
    }
    bytes_.append(64, '\0');
    size_t begin = 0;
    for (const size_t end : ends) {
      views_.emplace_back(bytes_.data() + begin, end - begin);
      begin = end;
    }
  }

  const std::vector<std::string_view>& views() const { return views_; }
  size_t size() const { return bytes_.size() - 64; }

 private:
  std::string bytes_;
  std::vector<std::string_view> views_;
};

void normalize(benchmark::State& state, std::string_view alphabet) {
  const LoggedNames names(alphabet);
  char out[kNormalizeRoom];
  for (const std::string_view name : names.views())
    if (std::string_view(out, normalize_padded_name(name, out)) != normalize_name(name).text())
      state.SkipWithError("the fast path's answer differs");
  for (auto unused : state) {
    for (const std::string_view name : names.views()) {
      benchmark::DoNotOptimize(normalize_padded_name(name, out));
      benchmark::ClobberMemory();
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(names.size()));
  state.counters["per_name"] = benchmark::Counter(
      kNameCount, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(normalize, lower_case, "abcdefghijklmnopqrstuvwxyz0123456789-");
BENCHMARK_CAPTURE(normalize, mixed_case, "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-");
BENCHMARK_CAPTURE(normalize, escapes, "abcdefghijklmnopqrstuvwxyz0123456789\\");

}  // namespace
}  // namespace querymark
