// SPDX-License-Identifier: Apache-2.0
// querymark-corpus: writes generated logs and lists of domains to standard output. The same options give the
// same bytes on every machine.
//
//   querymark-corpus logs --records 1000000 | querymark mark --table list:interesting.txt
//   querymark-corpus list --names 1000000 --format adblock > interesting.txt
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "corpus/domains.h"
#include "corpus/lists.h"
#include "corpus/log_shape.h"

namespace querymark::corpus {
namespace {

constexpr uint64_t kPartSize = 20 * kEventsPerEnvelope;

// Writes items [0, count), a part at a time.
int write_parts(uint64_t count, const std::function<void(std::string&, uint64_t, uint64_t)>& append_part) {
  std::string part;
  for (uint64_t begin = 0; begin < count; begin += kPartSize) {
    part.clear();
    append_part(part, begin, std::min(count, begin + kPartSize));
    const Result<void> written = write_all(STDOUT_FILENO, part, "standard output");
    if (written) continue;
    if (written.error().code == Errc::kClosed) return 0;
    std::fprintf(stderr, "querymark-corpus: %s\n", written.error().detail.c_str());
    return 1;
  }
  return 0;
}

int write_logs(const RecordSource& records, uint64_t count, LogShape shape) {
  return write_parts(count, [&](std::string& out, uint64_t begin, uint64_t end) {
    append_log(out, records, shape, begin, end);
  });
}

int write_list(uint64_t count, const ListOptions& options) {
  return write_parts(
      count, [&](std::string& out, uint64_t begin, uint64_t end) { append_list(out, options, begin, end); });
}

int run(int argc, char** argv) {
  CLI::App app("Writes generated Resolver query logs and lists of domains.", "querymark-corpus");
  app.require_subcommand(1);
  uint64_t seed = 1;
  uint64_t count = 0;

  CLI::App* logs = app.add_subcommand("logs", "Write a log");
  std::string shape = "minified";
  logs->add_option("--records", count, "How many records")->required();
  logs->add_option("--seed", seed, "Another seed, another log")->capture_default_str();
  logs->add_option("--shape", shape, "How the records are written")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kLogShapeNames), std::end(kLogShapeNames))))
      ->capture_default_str();
  uint64_t interval_ms = 5;
  logs->add_option("--interval-ms", interval_ms, "Time from one record to the next")->capture_default_str();

  CLI::App* list = app.add_subcommand("list", "Write a list of interesting domains");
  std::string format = "domains";
  ListOptions options;
  list->add_option("--names", count, "How many names")
      ->required()
      ->check(CLI::Range(uint64_t{0}, kInterestingCount));
  list->add_option("--seed", seed, "Another seed, other domains")->capture_default_str();
  list->add_option("--format", format, "The list's form")
      ->check(CLI::IsMember({"text", "domains", "hosts", "adblock", "rpz", "csv", "dnsmasq", "unbound"}))
      ->capture_default_str();
  list->add_flag("--hosts", options.hosts, "Put a host before every third domain");

  CLI11_PARSE(app, argc, argv);
  if (logs->parsed()) return write_logs(RecordSource(seed, interval_ms), count, *parse_log_shape(shape));
  options.seed = seed;
  options.format = *parse_list_format(format);
  return write_list(count, options);
}

}  // namespace
}  // namespace querymark::corpus

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return querymark::corpus::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "querymark-corpus: %s\n", error.what());
    return 1;
  }
}
