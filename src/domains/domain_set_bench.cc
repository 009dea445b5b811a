// SPDX-License-Identifier: Apache-2.0
// Batched probes of sets of 10 k, 1 M and 10 M names, hash and comparison of the name on a hit included,
// beside std::unordered_set asked for the same names in the same run. `in_cache` asks for a few thousand
// names over and over; `out_of_cache` for a million in random order. Every run checks the answers.
//
// The 10 M ones need some 2 GB; they run when QUERYMARK_BENCH_10M is set.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "domains/domain_set_fixture.h"

namespace querymark {
namespace {

// "<word><syllables>.<suffix>", always the same for a number, another for each; no registrable domain twice.
std::string domain_name(uint64_t number) {
  static constexpr const char* kWords[] = {"cloud", "shop",   "media", "track", "data",  "play",
                                           "news",  "secure", "login", "click", "promo", "stats",
                                           "web",   "my",     "the",   "go"};
  static constexpr const char* kSyllables[] = {"ba", "ne", "ri", "to", "lu", "ka", "me", "si",
                                               "do", "vu", "pa", "le", "mi", "ro", "tu", "za"};
  static constexpr const char* kSuffixes[] = {"com", "net", "org", "co.uk", "de", "com", "info", "io"};
  std::string name = kWords[number % 16];
  const char* suffix = kSuffixes[number * 0x9E3779B97F4A7C15 >> 61];
  for (uint64_t rest = number / 16; rest != 0; rest /= 16) name += kSyllables[rest % 16];
  return name.append(".").append(suffix);
}

// Names that stand back to back, as a batch's do.
struct Names {
  explicit Names(const std::vector<std::string>& names) {
    size_t size = 0;
    for (const std::string& name : names) size += name.size();
    bytes.reserve(size);
    for (const std::string& name : names) {
      const std::string_view view(bytes.data() + bytes.size(), name.size());
      bytes += name;
      queries.push_back({view, view});
    }
  }
  std::string bytes;
  std::vector<DomainQuery> queries;
};

struct Subject {
  size_t name_count;
  double build_seconds;
  double open_seconds;
  DomainSet set;
  std::unordered_set<std::string> peer;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The thread's own time: what else runs on the machine does not count.
double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The set of the names 0, 2, 4, …: odd ones miss.
Subject make_subject(size_t name_count) {
  const std::string path = fixture_path();
  std::string name;
  auto begin = std::chrono::steady_clock::now();
  DomainSetBuilder builder = require(
      DomainSetBuilder::create(path, SuffixTable::built_in(), {.table_version = 1, .list_names = {"list"}}));
  double row_seconds = 0;  // of making the names
  for (size_t i = 0; i < name_count; ++i) {
    if (i % 1024 == 0) {
      const auto making = std::chrono::steady_clock::now();
      for (size_t j = i; j < i + 1024; ++j) benchmark::DoNotOptimize(domain_name(2 * j));
      row_seconds += 2 * seconds_since(making);
    }
    name = domain_name(2 * i);
    require(builder.add({name, EntryScope::kSubtree, EntryKeep::kRegistered, false, 0, UINT64_MAX}));
  }
  require(builder.finish());
  const double build_seconds = seconds_since(begin) - row_seconds;
  begin = std::chrono::steady_clock::now();
  Subject subject{name_count, build_seconds, 0, require(DomainSet::open(path)), {}};
  subject.open_seconds = seconds_since(begin);
  std::filesystem::remove(path);
  subject.peer.reserve(name_count);
  for (size_t i = 0; i < name_count; ++i) subject.peer.insert(domain_name(2 * i));
  return subject;
}

// One at a time: the largest has a gigabyte.
const Subject& subject_of(size_t name_count) {
  static std::unique_ptr<Subject> subject;
  if (subject == nullptr || subject->name_count != name_count) {
    subject.reset();
    subject = std::make_unique<Subject>(make_subject(name_count));
  }
  return *subject;
}

// `hit_percent` of the names are in the set.
Names asked_names(size_t name_count, size_t count, int64_t hit_percent) {
  std::mt19937_64 random(3);
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) {
    const bool hit = static_cast<int64_t>(random() % 100) < hit_percent;
    names.push_back(domain_name(2 * (random() % name_count) + (hit ? 0 : 1)));
  }
  return Names(names);
}

// Asks for all names in batches, as marking does; how many matched.
size_t ask_set(const DomainSet& set, MatchMode mode, const Names& names) {
  constexpr size_t kBatch = 64;
  DomainMatch answers[kBatch];
  size_t hits = 0;
  for (size_t i = 0; i < names.queries.size(); i += kBatch) {
    const size_t count = std::min(kBatch, names.queries.size() - i);
    const std::span<const DomainQuery> queries(names.queries.data() + i, count);
    if (mode == MatchMode::kRegistered) {
      set.find_registered(queries, {answers, count});
    } else {
      set.find_listed(queries, {answers, count});
    }
    for (size_t j = 0; j < count; ++j)
      hits += answers[j].verdict == DomainMatch::Verdict::kInteresting ? 1 : 0;
  }
  return hits;
}

size_t ask_peer(const std::unordered_set<std::string>& peer, const Names& names) {
  size_t hits = 0;
  std::string name;
  for (const DomainQuery& query : names.queries) hits += peer.count(name.assign(query.registrable));
  return hits;
}

void probe(benchmark::State& state, MatchMode mode, size_t asked) {
  const Subject& subject = subject_of(static_cast<size_t>(state.range(0)));
  const Names names = asked_names(subject.name_count, asked, state.range(1));
  const size_t expected = ask_peer(subject.peer, names);
  if (ask_set(subject.set, mode, names) != expected) state.SkipWithError("the answers differ");
  double our_seconds = 0;
  for (auto unused : state) {
    const double begin = thread_seconds();
    benchmark::DoNotOptimize(ask_set(subject.set, mode, names));
    const double seconds = thread_seconds() - begin;
    our_seconds += seconds;
    state.SetIterationTime(seconds);
  }
  // Afterwards, so that neither takes the other's cache.
  ask_peer(subject.peer, names);
  const int64_t peer_rounds = asked < 10000 ? 50 : 3;
  const double begin = thread_seconds();
  for (int64_t round = 0; round < peer_rounds; ++round)
    benchmark::DoNotOptimize(ask_peer(subject.peer, names));
  const double peer_seconds =
      (thread_seconds() - begin) / static_cast<double>(peer_rounds) * static_cast<double>(state.iterations());
  const auto asked_in_all = static_cast<double>(state.iterations()) * static_cast<double>(asked);
  const auto name_count = static_cast<double>(subject.name_count);
  state.counters["ns_a_name"] = 1e9 * our_seconds / asked_in_all;
  state.counters["times_peer"] = peer_seconds / our_seconds;
  state.counters["bytes_probed"] = static_cast<double>(subject.set.probed_size()) / name_count;
  state.counters["bytes_all"] = static_cast<double>(subject.set.file_size()) / name_count;
  state.counters["build_ms"] = 1e3 * subject.build_seconds;
  state.counters["open_ms"] = 1e3 * subject.open_seconds;
}

void registered_in_cache(benchmark::State& state) {
  probe(state, MatchMode::kRegistered, 4096);
}
void registered_out_of_cache(benchmark::State& state) {
  probe(state, MatchMode::kRegistered, 1000000);
}
void listed_out_of_cache(benchmark::State& state) {
  probe(state, MatchMode::kListed, 1000000);
}

// Sizes outermost, so that each set is made once.
bool register_benchmarks() {
  std::vector<int64_t> sizes = {10000, 1000000};
  if (std::getenv("QUERYMARK_BENCH_10M") != nullptr) sizes.push_back(10000000);
  for (const int64_t size : sizes) {
    for (const int64_t hit_percent : {0, 2, 25, 100}) {
      for (const auto& [name, function] : {std::pair("registered/in_cache", &registered_in_cache),
                                           std::pair("registered/out_of_cache", &registered_out_of_cache),
                                           std::pair("listed/out_of_cache", &listed_out_of_cache)})
        benchmark::RegisterBenchmark(name, function)
            ->ArgNames({"names", "hit_percent"})
            ->Args({size, hit_percent})
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}

[[maybe_unused]] const bool kBenchmarksRegistered = register_benchmarks();

}  // namespace
}  // namespace querymark
