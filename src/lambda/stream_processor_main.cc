// SPDX-License-Identifier: Apache-2.0
// The Lambda function stream_processor: marks what Firehose hands to it. Settings:
// stream_processor_settings.h.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "aws/aws_session.h"
#include "lambda/log_line.h"
#include "lambda/runtime.h"
#include "lambda/stream_processor.h"

using namespace querymark;

// One write a line: what standard output holds when Lambda freezes the program would be late.
static void print_line(std::string_view line) {
  std::fprintf(stdout, "%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

static Result<Handler> make_handler(std::unique_ptr<AwsSession>& session,
                                    std::unique_ptr<StreamProcessor>& processor) {
  const Environment environment = Environment::of_process();
  const Result<StreamProcessorSettings> settings = read_stream_processor_settings(environment);
  if (!settings) return settings.error();
  Result<std::unique_ptr<AwsSession>> opened_session = AwsSession::open(environment);
  if (!opened_session) return opened_session.error();
  session = *std::move(opened_session);
  Result<std::unique_ptr<StreamProcessor>> opened =
      StreamProcessor::open(*session, *settings, {}, print_line);
  if (!opened) return opened.error();
  processor = *std::move(opened);
  return Handler([&processor](const Invocation& invocation) { return processor->process(invocation); });
}

int main() {
  std::unique_ptr<AwsSession> session;
  std::unique_ptr<StreamProcessor> processor;
  const Error ended = run_function(
      std::getenv("AWS_LAMBDA_RUNTIME_API"), [&] { return make_handler(session, processor); },
      [](std::string_view id, const Error& error) {
        print_line(log_line("ERROR", "invocation failed", id, {{"reason", error.detail}}));
      });
  print_line(log_line("ERROR", "the function ends", "", {{"reason", ended.detail}}));
  return 1;
}
