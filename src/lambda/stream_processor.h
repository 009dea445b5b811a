// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/aws_session.h"
#include "aws/sns.h"
#include "base/result.h"
#include "domains/dynamodb_lookup.h"
#include "lambda/event_marker.h"
#include "lambda/firehose_event.h"
#include "lambda/runtime.h"
#include "lambda/stream_processor_settings.h"
#include "psl/suffix_table.h"

// The Lambda function between Firehose and S3: marks the records of a transformation event against the table
// in DynamoDB, and publishes the matches.
//
//   StreamProcessor::open(session, settings, {}, log) -> processor
//   processor->process(invocation)                    -> {"records":[{"recordId":…,"result":"Ok",…}, …]}
//
// Every record of the event is answered once, in order; see event_marker.h for what it becomes. What the
// table gave no answer for is ProcessingFailed; where it gave none at all, the invocation fails, and Firehose
// tries it again. A match is never stored as N for want of an answer. What becomes of a notification changes
// no mark: it is tried until there is no time left, then it is an error in the log and in the metrics.
//
// Cost: of an event of 500 records with all names cached some 0.2 ms of CPU. Threads: one, as Lambda gives an
// environment one event at a time.
namespace querymark {

// The policies are shorter of breath than the clients' own: somebody waits for the answer.
struct StreamProcessorOptions {
  const SuffixTable* suffixes = &SuffixTable::built_in();
  size_t cache_keys_max = 100'000;
  RetryPolicy table_retries = {10, std::chrono::milliseconds(50), std::chrono::seconds(5),
                               std::chrono::seconds(3)};
  RetryPolicy topic_retries = {5, std::chrono::milliseconds(100), std::chrono::seconds(2),
                               std::chrono::seconds(5)};
  std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
};

class StreamProcessor {
 public:
  // A line of the function's log, JSON, without a line feed.
  using Log = std::function<void(std::string_view line)>;

  // How long before the invocation's deadline everything is given up and answered.
  static constexpr std::chrono::milliseconds kAnswerMargin{500};
  // What notifications may take at most, so that a topic that is down does not hold up the records.
  static constexpr std::chrono::seconds kNotifyTimeMax{20};

  // The session must outlive it.
  static Result<std::unique_ptr<StreamProcessor>> open(AwsSession& session,
                                                       const StreamProcessorSettings& settings,
                                                       const StreamProcessorOptions& options, Log log);

  Result<std::string> process(const Invocation& invocation);

 private:
  struct Notified {
    size_t sent = 0;
    size_t failed = 0;
  };

  StreamProcessor(StreamProcessorSettings settings, const StreamProcessorOptions& options, DynamoDb dynamodb,
                  std::optional<Sns> sns, Log log);
  std::optional<Error> failure_of(const MarkedEvent& event) const;
  Notified notify(const Invocation& invocation, const MarkedEvent& event, Deadline deadline) const;
  void report(const Invocation& invocation, const MarkedEvent& event, const Notified& notified) const;

  StreamProcessorSettings settings_;
  StreamProcessorOptions options_;
  Log log_;
  std::optional<Sns> sns_;
  DynamoDbLookup lookup_;
  FirehoseEventReader reader_;
  EventMarker marker_;
};

}  // namespace querymark
