// SPDX-License-Identifier: Apache-2.0
// Base64 both ways, in bytes (not digits) a second, beside copying them. `record` is the size of a log
// record.
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <string>

#include "codec/base64.h"

namespace querymark {
namespace {

std::string noise(size_t size) {
  std::mt19937 random(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

void encode(benchmark::State& state) {
  const std::string bytes = noise(static_cast<size_t>(state.range(0)));
  std::string text(base64_size(bytes.size()), '\0');
  for (auto _ : state) {
    encode_base64(bytes, text.data());
    benchmark::ClobberMemory();
  }
  std::string back(base64_decoded_size_max(text.size()), '\0');
  const Result<size_t> size = decode_base64(text, back.data());
  if (!size || back.substr(0, *size) != bytes) return state.SkipWithError("wrong answer");
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void decode(benchmark::State& state) {
  const std::string bytes = noise(static_cast<size_t>(state.range(0)));
  std::string text(base64_size(bytes.size()), '\0');
  encode_base64(bytes, text.data());
  std::string out(base64_decoded_size_max(text.size()), '\0');
  for (auto _ : state) {
    const Result<size_t> size = decode_base64(text, out.data());
    if (!size || *size != bytes.size()) return state.SkipWithError("wrong answer");
    benchmark::ClobberMemory();
  }
  if (out.substr(0, bytes.size()) != bytes) return state.SkipWithError("wrong answer");
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void copy(benchmark::State& state) {
  const std::string bytes = noise(static_cast<size_t>(state.range(0)));
  std::string out(bytes.size(), '\0');
  for (auto _ : state) {
    std::memcpy(out.data(), bytes.data(), bytes.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("size")->Arg(529)->Arg(256 << 10)->Arg(4 << 20);
}
BENCHMARK(encode)->Apply(sizes);
BENCHMARK(decode)->Apply(sizes);
BENCHMARK(copy)->Apply(sizes);

}  // namespace
}  // namespace querymark
