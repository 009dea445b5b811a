// SPDX-License-Identifier: Apache-2.0
// A Firehose event from its text to the answer's, with a table behind a server on this machine. `warm`: every
// name is cached; `cold`: none is, so that each iteration asks the table (its time on the other threads and
// on the wire is in the real time, not in the CPU time). Records are querymark-corpus's; 7,000 fill the
// request that Lambda takes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_test_session.h"
#include "aws/digest.h"
#include "corpus/domains.h"
#include "corpus/records.h"
#include "domains/fake_dynamodb.h"
#include "lambda/stream_processor.h"

namespace querymark {
namespace {

constexpr uint64_t kSeed = 1;
constexpr uint64_t kInterestingCount = 20'000;

FakeDynamoDb make_table() {
  std::vector<std::string> names(kInterestingCount);
  for (uint64_t i = 0; i < kInterestingCount; ++i)
    corpus::append_domain(names[i], corpus::interesting_domain(kSeed, i));
  return FakeDynamoDb(names);
}

std::string event_of(size_t records) {
  std::string event =
      R"({"invocationId":"i","deliveryStreamArn":"arn:aws:firehose:us-east-1:123456789012:deliverystream/s",)"
      R"("region":"us-east-1","records":[)";
  const corpus::RecordSource source(kSeed);
  std::string record;
  for (size_t i = 0; i < records; ++i) {
    record.clear();
    source.append(i, record);
    event.append(i == 0 ? "" : ",").append(R"({"recordId":")").append(std::string(56, '4'));
    event.append(std::to_string(1'000'000 + i))
        .append(R"(","approximateArrivalTimestamp":1594747547653,"data":")");
    event.append(to_base64(record)).append("\"}");
  }
  return event + "]}";
}

bool is_right(const std::string& response, size_t records) {
  const auto ids = std::count(response.begin(), response.end(), '{') - 1;
  return static_cast<size_t>(ids) == records && response.find("ProcessingFailed") == std::string::npos;
}

void process_event(benchmark::State& state, std::chrono::seconds cache_lifetime) {
  const auto records = static_cast<size_t>(state.range(0));
  FakeDynamoDb table = make_table();
  LoopbackServer server([&table](const LoopbackRequest& request) { return table.answer(request); });
  const std::unique_ptr<AwsSession> session = session_with(server);
  StreamProcessorSettings settings;
  settings.table = "t";
  settings.cache_lifetime = cache_lifetime;
  const auto processor = *StreamProcessor::open(*session, settings, {}, [](std::string_view) {});
  Invocation invocation;
  invocation.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
  invocation.event = event_of(records);
  invocation.event.reserve(invocation.event.size() + kEventPadding);  // as the runtime does

  Result<std::string> response = processor->process(invocation);
  const size_t requests_before = table.requests();
  for (auto _ : state) {
    response = processor->process(invocation);
    benchmark::DoNotOptimize(response);
  }
  if (!response || !is_right(*response, records)) state.SkipWithError("wrong answers");
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(records));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(invocation.event.size()));
  state.counters["requests"] = benchmark::Counter(static_cast<double>(table.requests() - requests_before),
                                                  benchmark::Counter::kAvgIterations);
}

void warm(benchmark::State& state) {
  process_event(state, std::chrono::hours(1));
}
void cold(benchmark::State& state) {
  process_event(state, std::chrono::seconds(0));
}

BENCHMARK(warm)
    ->Name("firehose_event/warm")
    ->ArgName("records")
    ->Arg(500)
    ->Arg(7000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(cold)
    ->Name("firehose_event/cold")
    ->ArgName("records")
    ->Arg(500)
    ->Arg(7000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace querymark
