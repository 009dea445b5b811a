// SPDX-License-Identifier: Apache-2.0
// Lookups in the built-in table over a mix of names as resolvers log them, in the order of a log (no name's
// cache lines are warm), beside libpsl with the same list. Every run checks our answers against libpsl's.
#include <benchmark/benchmark.h>

#include "psl/suffix_table.h"
#ifdef QUERYMARK_HAVE_LIBPSL
#include <libpsl.h>
#endif

#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "dns/domain_name.h"

namespace querymark {
namespace {

constexpr size_t kNameCount = 500000;

SuffixRules list_rules() {
  std::ifstream file(QUERYMARK_PSL_FILE);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return *parse_suffix_rules(text, QUERYMARK_PSL_FILE);
}

class NameMix {
 public:
  std::vector<std::string> names(size_t count) {
    std::vector<std::string> names(count);
    for (std::string& name : names) name = next();
    return names;
  }

 private:
  // Shares of the mix: AWS endpoints 33 %, PTR 10 %, internal 5 %, popular sites 34 %, the long tail the
  // rest.
  std::string next() {
    const uint64_t share = random_() % 100;
    if (share < 33) return aws_name();
    if (share < 43) return octet() + "." + octet() + "." + octet() + "." + octet() + ".in-addr.arpa";
    if (share < 46) return "ip-10-0-" + octet() + "-" + octet() + ".ec2.internal";
    if (share < 48) return "_ldap._tcp.dc." + word() + ".corp.lan";
    if (share < 82) return host() + site(popular());
    return host() + site(200000 + random_() % 20000000);
  }

  std::string aws_name() {
    static constexpr const char* kRegions[] = {"us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2"};
    static constexpr const char* kServices[] = {"ec2", "sqs", "logs", "monitoring", "dynamodb", "s3", "sts"};
    const std::string region = kRegions[random_() % std::size(kRegions)];
    switch (random_() % 4) {
      case 0:
        return word() + "-bucket.s3." + region + ".amazonaws.com";
      case 1:
        return word() + "." + word() + "." + region + ".elb.amazonaws.com";
      case 2:
        return "ec2-" + octet() + "-" + octet() + "-7-9." + region + ".compute.amazonaws.com";
      default:
        return kServices[random_() % std::size(kServices)] + ("." + region) + ".amazonaws.com";
    }
  }

  // A site by its rank: always the same name, under the same suffix.
  std::string site(uint64_t rank) const {
    std::mt19937 of_rank(static_cast<uint32_t>(rank));
    const uint32_t share = of_rank() % 100;
    std::string suffix = "com";
    if (share >= 50) {
      suffix = suffixes_[of_rank() % suffixes_.size()].name;
    }
    std::string name;
    for (size_t size = 3 + of_rank() % 14; size > 0; --size) name += static_cast<char>('a' + of_rank() % 26);
    return name.append(".").append(suffix);
  }

  uint64_t popular() {  // Zipf, exponent 1
    return static_cast<uint64_t>(std::exp(std::uniform_real_distribution<>(0, std::log(200000.0))(random_)));
  }

  std::string host() {
    static constexpr const char* kHosts[] = {"www.", "api.", "", "cdn.static.", "mail.", "a.b.c."};
    return kHosts[random_() % std::size(kHosts)];
  }

  std::string word() {
    std::string word(4 + random_() % 12, 'a');
    for (char& c : word) c = static_cast<char>('a' + random_() % 26);
    return word;
  }

  std::string octet() { return std::to_string(random_() % 256); }

  std::mt19937_64 random_{7};
  std::vector<SuffixRule> suffixes_ = list_rules().rules;
};

const std::vector<std::string>& mixed_names() {
  static const std::vector<std::string> names = NameMix().names(kNameCount);
  return names;
}

// Names back to back, as a log's are in its buffer.
struct NameBuffer {
  explicit NameBuffer(const std::vector<std::string>& names) {
    size_t size = 64;
    for (const std::string& name : names) size += name.size() + 1;
    bytes.reserve(size);
    for (const std::string& name : names) {
      views.emplace_back(bytes.data() + bytes.size(), name.size());
      bytes.append(name).push_back('\0');
    }
    bytes.append(64, '\0');
  }
  std::string bytes;
  std::vector<std::string_view> views;
};

void report(benchmark::State& state, const NameBuffer& names) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(names.views.size()));
  state.counters["per_name"] =
      benchmark::Counter(static_cast<double>(names.views.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void registrable_domain(benchmark::State& state) {
  const NameBuffer names(mixed_names());
  const SuffixTable& table = SuffixTable::built_in();
  for (auto unused : state) {
    size_t sum = 0;
    for (const std::string_view name : names.views) sum += table.registrable_domain(name).size();
    benchmark::DoNotOptimize(sum);
  }
  report(state, names);
}
BENCHMARK(registrable_domain)->Unit(benchmark::kMillisecond);

// As marking does it: the name as logged, put into normal form, then looked up.
void normalize_and_registrable_domain(benchmark::State& state) {
  std::vector<std::string> logged = mixed_names();
  for (std::string& name : logged) name += '.';
  const NameBuffer names(logged);
  const SuffixTable& table = SuffixTable::built_in();
  char normal[kNormalizeRoom];
  for (auto unused : state) {
    size_t sum = 0;
    for (const std::string_view name : names.views)
      sum += table.registrable_domain({normal, normalize_padded_name(name, normal)}).size();
    benchmark::DoNotOptimize(sum);
  }
  report(state, names);
}
BENCHMARK(normalize_and_registrable_domain)->Unit(benchmark::kMillisecond);

void compile_from_text(benchmark::State& state) {
  for (auto unused : state) benchmark::DoNotOptimize(SuffixTable::compile(list_rules()).rule_count());
}
BENCHMARK(compile_from_text)->Unit(benchmark::kMillisecond);

#ifdef QUERYMARK_HAVE_LIBPSL
// libpsl has no answer for a bare suffix and has the default rule "*"; in all else it must agree.
bool agrees(const SuffixTable& table, const char* name, const char* libpsl_domain) {
  const SuffixMatch match = table.find(name);
  if (!match.found) return true;
  if (match.registrable_begin == match.suffix_begin) return libpsl_domain == nullptr;
  return libpsl_domain != nullptr && std::string_view(libpsl_domain) == name + match.registrable_begin;
}

void libpsl_registrable_domain(benchmark::State& state) {
  const NameBuffer names(mixed_names());
  psl_ctx_t* context = psl_load_file(QUERYMARK_PSL_FILE);
  const SuffixTable& table = SuffixTable::built_in();
  for (const std::string_view name : names.views)
    if (!agrees(table, name.data(), psl_registrable_domain(context, name.data())))
      state.SkipWithError(name.data());
  using Clock = std::chrono::steady_clock;
  Clock::duration libpsl_time{};
  Clock::duration our_time{};
  for (auto unused : state) {
    const Clock::time_point begin = Clock::now();
    for (const std::string_view name : names.views)
      benchmark::DoNotOptimize(psl_registrable_domain(context, name.data()));
    const Clock::time_point middle = Clock::now();
    for (const std::string_view name : names.views) benchmark::DoNotOptimize(table.registrable_domain(name));
    our_time += Clock::now() - middle;
    libpsl_time += middle - begin;
    state.SetIterationTime(std::chrono::duration<double>(middle - begin).count());
  }
  psl_free(context);
  report(state, names);
  state.counters["times_ours"] =
      static_cast<double>(libpsl_time.count()) / static_cast<double>(our_time.count());
}
BENCHMARK(libpsl_registrable_domain)->Unit(benchmark::kMillisecond)->UseManualTime();
#endif

}  // namespace
}  // namespace querymark
