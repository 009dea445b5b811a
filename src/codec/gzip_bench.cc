// SPDX-License-Identifier: Apache-2.0
// Inflate and deflate of query log text, in bytes of text a second.
#include <benchmark/benchmark.h>

#include <random>
#include <string>

#include "codec/gzip.h"

namespace querymark {
namespace {

constexpr size_t kTextSize = size_t{32} << 20;
constexpr size_t kBlockSize = size_t{1} << 20;

std::string log_text() {
  std::mt19937_64 random(1);
  const auto number = [&](uint64_t below) { return std::to_string(random() % below); };
  std::string text;
  while (text.size() < kTextSize) {
    text +=
        R"({"version":"1.100000","account_id":"123456789012","region":"us-east-1","vpc_id":"vpc-0a1b2c3d",)"
        R"("query_timestamp":"2026-03-01T12:00:)" +
        number(60) + R"(Z","query_name":"host)" + number(9000) + ".site" + number(200000) +
        R"(.example.","query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":")" +
        number(256) + "." + number(256) + "." + number(256) + "." + number(256) +
        R"(","Type":"A","Class":"IN"}],"srcaddr":"10.0.)" + number(256) + "." + number(256) +
        R"(","srcport":")" + number(65536) + R"(","transport":"UDP","srcids":{"instance":"i-)" +
        number(1000000000) + "\"}}\n";
  }
  text.resize(kTextSize);
  return text;
}

const std::string& text() {
  static const std::string text = log_text();
  return text;
}

std::string deflate_blocks(GzipLevel level, size_t block_size) {
  GzipWriter writer(level);
  std::string out(gzip_size_max(block_size), '\0');
  std::string members;
  for (size_t at = 0; at < text().size(); at += block_size) {
    members += writer.compress(std::string_view(text()).substr(at, block_size), out.data());
  }
  return members;
}

void inflate_members(benchmark::State& state) {
  const std::string members = deflate_blocks(GzipLevel::kFast, static_cast<size_t>(state.range(0)));
  std::string out(kBlockSize, '\0');
  for (auto _ : state) {
    GzipInflater inflater;
    std::string_view in = members;
    size_t total = 0;
    for (;;) {
      const Result<GzipProgress> progress = inflater.inflate(in, out.data(), out.size());
      if (!progress) return state.SkipWithError(progress.error().detail.c_str());
      in.remove_prefix(progress->consumed);
      total += progress->produced;
      if (progress->produced < out.size()) break;
    }
    if (total != kTextSize || !inflater.finish()) return state.SkipWithError("wrong size");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kTextSize));
}
BENCHMARK(inflate_members)
    ->ArgName("member")
    ->Arg(1 << 10)
    ->Arg(1 << 20)
    ->Arg(kTextSize)
    ->Unit(benchmark::kMillisecond);

void deflate_members(benchmark::State& state) {
  const auto level = static_cast<GzipLevel>(state.range(0));
  size_t size = 0;
  for (auto _ : state) size = deflate_blocks(level, kBlockSize).size();
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kTextSize));
  state.counters["ratio"] = static_cast<double>(kTextSize) / static_cast<double>(size);
}
BENCHMARK(deflate_members)->ArgName("level")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace querymark
