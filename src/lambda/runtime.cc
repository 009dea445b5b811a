// SPDX-License-Identifier: Apache-2.0
#include "lambda/runtime.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

namespace querymark {

// Longer than any function may run (15 minutes), short enough to reckon with.
static constexpr std::chrono::milliseconds kInvocationTimeMax = std::chrono::hours(24);
static const std::string kRuntimePath = "/2018-06-01/runtime/";

static std::string_view error_type(Errc code) {
  switch (code) {
    case Errc::kInvalid:
      return "Function.Invalid";
    case Errc::kNotFound:
      return "Function.NotFound";
    case Errc::kDenied:
      return "Function.Denied";
    case Errc::kIo:
      return "Function.Io";
    case Errc::kClosed:
      return "Function.Closed";
    case Errc::kCorrupt:
      return "Function.Corrupt";
    case Errc::kStale:
      return "Function.Stale";
    case Errc::kBusy:
      return "Function.Busy";
    case Errc::kLimit:
      return "Function.Limit";
    case Errc::kUnsupported:
      return "Function.Unsupported";
  }
  return "Function.Unknown";
}

static std::string error_body(std::string_view type, std::string_view message) {
  const nlohmann::json body{
      {"errorMessage", message}, {"errorType", type}, {"stackTrace", nlohmann::json::array()}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

static Error status_error(std::string_view what, const HttpReply& reply) {
  const std::string detail = "Runtime API answered " + std::to_string(reply.status) + " to " +
                             std::string(what) + ": " + reply.body.substr(0, 256);
  switch (reply.status) {
    case 400:
    case 403:
      return Error::stale(detail);
    case 413:
      return Error::limit(detail);
    default:
      return {Errc::kIo, detail};
  }
}

// The header has milliseconds since 1970; a Deadline, on the steady clock, is not moved by corrections of the
// time.
static Deadline deadline_of(std::string_view header) {
  int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), milliseconds);
  if (error != std::errc() || end != header.data() + header.size() || milliseconds < 0) {
    return Deadline::never();
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t left = milliseconds - std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  return Deadline::after(std::chrono::milliseconds(std::clamp(left, int64_t{0}, kInvocationTimeMax.count())));
}

Result<Invocation> RuntimeApi::next() {
  Result<HttpReply> reply = connection_.exchange({"GET", kRuntimePath + "invocation/next"});
  if (!reply) return reply.error();
  if (reply->status != 200) return Error{Errc::kIo, status_error("next", *reply).detail};
  Invocation invocation;
  invocation.request_id = reply->header("lambda-runtime-aws-request-id");
  if (invocation.request_id.empty()) return Error::corrupt("Runtime API gave an event without a request id");
  invocation.function_arn = reply->header("lambda-runtime-invoked-function-arn");
  invocation.trace_id = reply->header("lambda-runtime-trace-id");
  invocation.deadline = deadline_of(reply->header("lambda-runtime-deadline-ms"));
  invocation.event = std::move(reply->body);
  return invocation;
}

Result<void> RuntimeApi::post(const std::string& path, std::string_view headers, std::string_view body) {
  const Result<HttpReply> reply = connection_.exchange({"POST", kRuntimePath + path, headers, body});
  if (!reply) return reply.error();
  if (reply->status < 200 || reply->status > 299) return status_error(path, *reply);
  return {};
}

Result<void> RuntimeApi::post_response(const std::string& request_id, std::string_view response) {
  return post("invocation/" + request_id + "/response", "Content-Type: application/json\r\n", response);
}

static std::string error_headers(std::string_view type) {
  return "Content-Type: application/vnd.aws.lambda.error+json\r\nLambda-Runtime-Function-Error-Type: " +
         std::string(type) + "\r\n";
}

Result<void> RuntimeApi::post_error(const std::string& request_id, std::string_view type,
                                    std::string_view message) {
  return post("invocation/" + request_id + "/error", error_headers(type), error_body(type, message));
}

Result<void> RuntimeApi::post_init_error(std::string_view type, std::string_view message) {
  return post("init/error", error_headers(type), error_body(type, message));
}

static void set_trace_id(const std::string& trace_id) {
  if (trace_id.empty()) {
    ::unsetenv("_X_AMZN_TRACE_ID");
  } else {
    ::setenv("_X_AMZN_TRACE_ID", trace_id.c_str(), 1);
  }
}

// What `function` gives; exceptions that libraries throw become its error.
template <typename T>
static Result<T> guarded(const std::function<Result<T>()>& function, bool& threw) {
  try {
    return function();
  } catch (const std::exception& exception) {
    threw = true;
    return Error{Errc::kIo, exception.what()};
  } catch (...) {
    threw = true;
    return Error{Errc::kIo, "exception that is no std::exception"};
  }
}

static std::string_view failure_type(const Error& error, bool threw) {
  return threw ? "Function.UnhandledException" : error_type(error.code);
}

// One event from its arrival to its answer. An Error: the environment is unusable.
static Result<void> serve_one(RuntimeApi& api, const Handler& handler, const FailureLog& log) {
  const Result<Invocation> invocation = api.next();
  if (!invocation) return invocation.error();
  const std::string& id = invocation->request_id;
  set_trace_id(invocation->trace_id);

  bool threw = false;
  const Result<std::string> response = guarded<std::string>([&] { return handler(*invocation); }, threw);
  Result<void> posted;
  if (response) {
    posted = api.post_response(id, *response);
    if (!posted && posted.error().code == Errc::kLimit) {
      log(id, posted.error());
      posted = api.post_error(id, "Function.ResponseSizeTooLarge", posted.error().detail);
    }
  } else {
    log(id, response.error());
    posted = api.post_error(id, failure_type(response.error(), threw), response.error().detail);
  }
  if (posted) return {};
  const bool usable = posted.error().code == Errc::kStale || posted.error().code == Errc::kLimit;
  if (!usable) return posted;
  log(id, posted.error());
  return {};
}

Error run_function(const char* authority, const std::function<Result<Handler>()>& init,
                   const FailureLog& log) {
  if (authority == nullptr || *authority == '\0') {
    return Error::invalid("AWS_LAMBDA_RUNTIME_API is not set: this program runs on AWS Lambda");
  }
  RuntimeApi api(authority);
  bool threw = false;
  const Result<Handler> handler = guarded<Handler>(init, threw);
  if (!handler) {
    const std::string_view type = failure_type(handler.error(), threw);
    if (Result<void> posted = api.post_init_error(type, handler.error().detail); !posted)
      log({}, posted.error());
    return handler.error();
  }
  for (;;) {
    if (Result<void> served = serve_one(api, *handler, log); !served) return served.error();
  }
}

}  // namespace querymark
