// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/targets.h>

#include <cstdint>

// For tests: runs `body` on each kind of vectors that this processor has, and without any.
namespace querymark {

template <typename Body>
void on_all_targets(const Body& body) {
  for (int64_t targets = hwy::SupportedTargets(); targets != 0; targets &= targets - 1) {
    hwy::GetChosenTarget().Update(targets & -targets);
    body();
  }
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace querymark
