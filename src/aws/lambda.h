// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aws/aws_service.h"
#include "aws/aws_session.h"

namespace querymark {

inline constexpr size_t kLambdaAsyncPayloadMax = size_t{256} << 10;  // what every region takes

// Lambda as a function sees it that calls another, or itself. Threads may share one object.
class Lambda {
 public:
  static Result<Lambda> open(AwsSession& session, RetryPolicy policy = kOtherRetries);

  // Hands the event over for an invocation of its own and does not wait for it. An answer that was lost has
  // the event handed over again: it may be invoked twice. `function`: its name or ARN.
  Result<void> invoke_later(std::string_view function, std::string_view event, Deadline deadline) const;

 private:
  explicit Lambda(AwsService service) : service_(std::move(service)) {}
  AwsService service_;
};

}  // namespace querymark
