// SPDX-License-Identifier: Apache-2.0
// Firehose events, one a line, through the stream processor: once with an empty cache, its responses on
// standard output, one a line; then ROUNDS times again. What that took is JSON on standard error. Settings
// come from the environment, as the function's do.
//
// usage: process_events EVENTS ROUNDS
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aws/aws_session.h"
#include "lambda/stream_processor.h"

using namespace querymark;

namespace {

template <typename T>
T require(Result<T> result) {
  if (result) return std::move(*result);
  std::cerr << result.error().detail << '\n';
  std::exit(1);
}

// Seconds since it was made, on the clock and of CPU.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  double cpu_seconds() const {
    return static_cast<double>(std::clock() - cpu_begin_) / static_cast<double>(CLOCKS_PER_SEC);
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::clock_t cpu_begin_ = std::clock();
};

std::vector<Invocation> read_events(const char* path) {
  std::vector<Invocation> events;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    Invocation invocation;
    invocation.request_id = std::to_string(events.size());
    invocation.event.reserve(line.size() + kEventPadding);  // as the runtime does
    invocation.event = line;
    events.push_back(std::move(invocation));
  }
  return events;
}

void process_events(const char* path, int rounds) {
  const std::vector<Invocation> events = read_events(path);
  const Environment environment = Environment::of_process();
  const auto session = require(AwsSession::open(environment));
  std::string log;  // its last line: the metrics
  uint64_t requests = 0;
  const auto processor =
      require(StreamProcessor::open(*session, require(read_stream_processor_settings(environment)), {},
                                    [&](std::string_view line) { log = line; }));

  const Stopwatch cold;
  for (const Invocation& event : events) {
    std::cout << require(processor->process(event)) << '\n';
    requests += nlohmann::json::parse(log).at("Lookups").get<uint64_t>();
  }
  nlohmann::json figures = {
      {"cold_seconds", cold.seconds()}, {"cold_cpu_seconds", cold.cpu_seconds()}, {"requests", requests}};
  const Stopwatch warm;
  for (int round = 0; round < rounds; ++round) {
    for (const Invocation& event : events) require(processor->process(event));
  }
  figures["warm_seconds"] = warm.seconds() / rounds;
  figures["warm_cpu_seconds"] = warm.cpu_seconds() / rounds;
  std::cerr << figures.dump() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: process_events EVENTS ROUNDS\n", stderr);
    return 2;
  }
  try {
    process_events(argv[1], std::atoi(argv[2]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "process_events: %s\n", error.what());
    return 1;
  }
}
