// SPDX-License-Identifier: Apache-2.0
#include "codec/vector_target.h"

#include <atomic>

namespace querymark {
namespace {

// Of what Highway lets the compiler use, what compilers can ask for; the rest has come with it in every
// processor.
VectorTarget detect() {
#ifdef __x86_64__
  const auto has = [](auto... features) { return (features && ...); };
  __builtin_cpu_init();
  if (!has(__builtin_cpu_supports("ssse3"))) return VectorTarget::kScalar;
  if (!has(__builtin_cpu_supports("sse4.2"), __builtin_cpu_supports("pclmul"), __builtin_cpu_supports("aes")))
    return VectorTarget::kSsse3;
  if (!has(__builtin_cpu_supports("avx2"), __builtin_cpu_supports("bmi"), __builtin_cpu_supports("bmi2"),
           __builtin_cpu_supports("fma")))
    return VectorTarget::kSse4;
  if (!has(__builtin_cpu_supports("avx512f"), __builtin_cpu_supports("avx512vl"),
           __builtin_cpu_supports("avx512dq"), __builtin_cpu_supports("avx512bw")))
    return VectorTarget::kAvx2;
  if (!has(__builtin_cpu_supports("vpclmulqdq"), __builtin_cpu_supports("avx512vbmi"),
           __builtin_cpu_supports("avx512vbmi2"), __builtin_cpu_supports("avx512bitalg"),
           __builtin_cpu_supports("avx512vpopcntdq")))
    return VectorTarget::kAvx3;
  return VectorTarget::kAvx3Dl;
#else
  return VectorTarget::kScalar;
#endif
}

std::atomic<VectorTarget>& chosen() {
  static std::atomic<VectorTarget> target = detect();
  return target;
}

}  // namespace

VectorTarget best_vector_target() {
  static const VectorTarget best = detect();
  return best;
}

VectorTarget vector_target() {
  return chosen().load(std::memory_order_relaxed);
}

void set_vector_target(VectorTarget target) {
  chosen().store(target, std::memory_order_relaxed);
}

}  // namespace querymark
