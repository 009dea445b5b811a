// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "codec/vector_target.h"

// For tests: runs `body` on each kind of vectors that this processor has, and without any.
namespace querymark {

template <typename Body>
void on_all_targets(const Body& body) {
  for (size_t target = 0; target <= static_cast<size_t>(best_vector_target()); ++target) {
    set_vector_target(static_cast<VectorTarget>(target));
    body();
  }
}

}  // namespace querymark
