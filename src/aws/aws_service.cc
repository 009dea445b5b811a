// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_service.h"

#include <optional>

#include "aws/digest.h"
#include "base/backoff.h"

namespace querymark {
namespace {

// AWS accepts five minutes; nearer than this it is not the clock that makes a signature wrong.
constexpr std::chrono::minutes kClockTolerance(4);

// The service's time, where the reply says that ours is wrong.
std::optional<SystemTime> time_to_set(const HttpResponse& response, const AwsError& error,
                                      SystemTime signed_at) {
  const std::optional<SystemTime> date = parse_http_date(response.header("Date"));
  if (!date) return std::nullopt;
  const bool certain = error.code != "InvalidSignatureException" && error.code != "SignatureDoesNotMatch";
  if (!certain && std::chrono::abs(*date - signed_at) < kClockTolerance) return std::nullopt;
  return date;
}

}  // namespace

SystemTime AwsClock::now() const {
  return std::chrono::system_clock::now() +
         std::chrono::seconds(offset_seconds_.load(std::memory_order_relaxed));
}

void AwsClock::set(SystemTime time_at_the_service) {
  const auto offset =
      std::chrono::round<std::chrono::seconds>(time_at_the_service - std::chrono::system_clock::now());
  offset_seconds_.store(offset.count(), std::memory_order_relaxed);
}

// What may be put right only once in a call, and whether the last attempt's failure was.
struct AwsService::Repairs {
  bool clock_done = false;
  bool credentials_done = false;
  bool call_done = false;
  bool now = false;

  bool take(bool& done) {
    now = !done;
    done = true;
    return now;
  }
};

// An Error with kBusy, or with repairs.now, is worth another attempt.
Result<HttpResponse> AwsService::attempt(AwsCall& call, Deadline deadline, Repairs& repairs) const {
  std::string access_key_id;
  const SystemTime signed_at = transport_.clock.now();
  if (transport_.credentials != nullptr) {
    const Result<Credentials> credentials = transport_.credentials->get(deadline);
    if (!credentials) return credentials.error();
    access_key_id = credentials->access_key_id;
    const std::string& region = call.region.empty() ? endpoint_.region : call.region;
    sign(call.request, *credentials, {region, endpoint_.service}, call.payload_hash, signed_at);
  }
  HttpOptions options = call.options;
  options.deadline =
      policy_.attempt_timeout.count() > 0 ? deadline.or_after(policy_.attempt_timeout) : deadline;
  Result<HttpResponse> response = transport_.http.send(call.request, options);
  if (!response) return response;
  if (response->ok()) {
    if (!call.check) return response;
    const Result<void> checked = call.check(*response);
    if (!checked) return checked.error();
    return response;
  }

  const AwsError error = call.read_error(*response);
  switch (kind_of(error)) {
    case AwsErrorKind::kClock:
      if (const std::optional<SystemTime> time = time_to_set(*response, error, signed_at)) {
        if (repairs.take(repairs.clock_done)) transport_.clock.set(*time);
      }
      break;
    case AwsErrorKind::kExpired:
      if (transport_.credentials != nullptr && repairs.take(repairs.credentials_done)) {
        transport_.credentials->forget(access_key_id);
      }
      break;
    case AwsErrorKind::kPermanent:
      if (call.repair && repairs.take(repairs.call_done)) repairs.now = call.repair(*response, call);
      break;
    case AwsErrorKind::kTransient:
    case AwsErrorKind::kThrottled:
      break;
  }
  return to_error(error, call.operation);
}

Result<HttpResponse> AwsService::call(AwsCall call, Deadline deadline) const {
  if (call.payload_hash.empty()) call.payload_hash = to_hex(sha256(call.request.body.bytes()));
  Backoff backoff(policy_.pause_base, policy_.pause_max);
  Repairs repairs;
  for (int number = 1;; ++number) {
    if (deadline.passed()) {
      return Error{Errc::kBusy, std::string(call.operation) + ": no time left to ask"};
    }
    repairs.now = false;
    Result<HttpResponse> response = attempt(call, deadline, repairs);
    if (response) return response;
    Error error = response.error();
    if (!error.detail.starts_with(call.operation))
      error.detail = std::string(call.operation) + ": " + error.detail;
    if (!repairs.now) {
      const bool again = error.code == Errc::kBusy && number < policy_.attempts_max && backoff.wait(deadline);
      if (!again) {
        if (number > 1) error.detail += ", attempt " + std::to_string(number);
        return error;
      }
    }
    if (call.before_retry) call.before_retry(call.request);
  }
}

}  // namespace querymark
