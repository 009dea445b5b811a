// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"
#include "lambda/runtime_connection.h"

// The Lambda runtime: fetches events from the Runtime API and hands them to a function.
//
//   Result<Handler> make_handler();             // reads the environment, opens clients
//   // Never returns on Lambda.
//   Error ended = run_function(getenv("AWS_LAMBDA_RUNTIME_API"), make_handler, log);
//
// A handler is a plain function from event to response: tests call it without any of this. It is called by
// one thread, one event after the other, as Lambda gives an environment one event at a time.
//
// What an invocation ends in:
//   handler's value             POST response
//   handler's Error             POST error, Lambda-Runtime-Function-Error-Type "Function.Io" and the like, by
//                               its code
//   handler throws              POST error, "Function.UnhandledException": libraries' exceptions end here
//   response too large          the API says 413: POST error "Function.ResponseSizeTooLarge", and on to the
//                               next event
//   API says 400, 403           the invocation is no longer ours (it ran out of time): logged, and on to the
//                               next event
//   API says 500, is gone       this environment is unusable: run_function returns, for main() to exit with 1
namespace querymark {

struct Invocation {
  std::string request_id;
  std::string function_arn;
  std::string trace_id;  // for X-Ray; also in the environment as _X_AMZN_TRACE_ID while the handler runs
  // When Lambda will stop the environment. Handlers must have answered by then, with a margin of their own.
  Deadline deadline = Deadline::never();
  std::string event;  // JSON as it came
};

using Handler = std::function<Result<std::string>(const Invocation&)>;

// Hears of every failed invocation (its request id; empty outside one) and of what went wrong.
using FailureLog = std::function<void(std::string_view request_id, const Error& error)>;

// The calls of the Runtime API, version 2018-06-01. Errors: kStale 400 and 403, kLimit 413, kIo and kCorrupt
// where the environment is unusable.
class RuntimeApi {
 public:
  // `authority`: host:port, as AWS_LAMBDA_RUNTIME_API has it.
  explicit RuntimeApi(std::string authority) : connection_(std::move(authority)) {}

  // Blocks until there is an event, for however long.
  Result<Invocation> next();
  Result<void> post_response(const std::string& request_id, std::string_view response);
  // `type`: Category.Reason, as "Function.Io".
  Result<void> post_error(const std::string& request_id, std::string_view type, std::string_view message);
  // Instead of the first next().
  Result<void> post_init_error(std::string_view type, std::string_view message);

 private:
  Result<void> post(const std::string& path, std::string_view headers, std::string_view body);

  RuntimeConnection connection_;
};

// Makes the handler with `init` and serves invocations until the environment is unusable; returns why. An
// Error of `init` is reported as the init error, and returned.
Error run_function(const char* authority, const std::function<Result<Handler>()>& init,
                   const FailureLog& log);

}  // namespace querymark
