// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "aws/aws_service.h"
#include "base/backoff.h"
#include "base/deadline.h"
#include "base/result.h"

// Many things sent in batches that services answer thing by thing: only those that failed for now are sent
// again.
//
//   10 messages, 4 a batch   requests 0-3, 4-7, 8-9; messages 2 and 8 failed for now: request 2 8
namespace querymark {

struct SendFailure {
  size_t index;  // of the thing
  Error error;
};

struct SendOutcome {
  std::vector<SendFailure> failures;  // in order
  size_t requests = 0;
};

// Sends `pending`, indexes in order, round by round, until nothing is left, the policy's attempts are used
// up, or the deadline would pass.
//   batch_size(pending)   how many of them, from the front, make one batch: at least one
//   send(batch)           one request: Result<std::vector<SendFailure>>. Failures with kBusy are sent again;
//                         an Error, of a request that has been tried enough, is that of all in the batch
template <typename BatchSize, typename Send>
void send_in_batches(std::vector<size_t> pending, const RetryPolicy& policy, Deadline deadline,
                     const BatchSize& batch_size, const Send& send, SendOutcome& outcome) {
  Backoff backoff(policy.pause_base, policy.pause_max);
  for (int round = 1; !pending.empty(); ++round) {
    std::vector<SendFailure> again;
    for (std::span<const size_t> rest = pending; !rest.empty();) {
      const std::span<const size_t> batch = rest.first(batch_size(rest));
      rest = rest.subspan(batch.size());
      ++outcome.requests;
      Result<std::vector<SendFailure>> sent = send(batch);
      if (!sent) {
        for (const size_t index : batch) outcome.failures.push_back({index, sent.error()});
        continue;
      }
      for (SendFailure& failure : *sent) {
        (failure.error.code == Errc::kBusy ? again : outcome.failures).push_back(std::move(failure));
      }
    }
    pending.clear();
    if (again.empty()) break;
    if (round == policy.attempts_max || !backoff.wait(deadline)) {
      std::move(again.begin(), again.end(), std::back_inserter(outcome.failures));
    } else {
      for (const SendFailure& failure : again) pending.push_back(failure.index);
    }
  }
  std::sort(outcome.failures.begin(), outcome.failures.end(),
            [](const SendFailure& a, const SendFailure& b) { return a.index < b.index; });
}

}  // namespace querymark
