// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

// Which of the kinds of vectors that our loops are compiled for this processor has. Highway compiles them
// (hwy/foreach_target.h); its library would choose as well, but measures a clock when it is loaded, which
// takes longer than all else that starts the program: 4 ms of 6.
//
//   #include "codec/vector_target.h"    // before Highway's headers
//   …
//   #if HWY_ONCE
//   size_t count(std::string_view text) { return QUERYMARK_FOR_VECTORS(count_by_vectors)(text); }
//   #endif
//
// Cost: a load and an indirect call. Threads: any; set_vector_target() while no other runs.
namespace querymark {

// On x86-64 as Highway names them, each with all that the one before it has; elsewhere what the compiler is
// told the processor has is all there is.
enum class VectorTarget : size_t { kScalar, kSsse3, kSse4, kAvx2, kAvx3, kAvx3Dl };
inline constexpr size_t kVectorTargetCount = 6;

VectorTarget best_vector_target();            // of this processor
VectorTarget vector_target();                 // the best, or what was set
void set_vector_target(VectorTarget target);  // for tests. REQUIRES: not above the best

// `functions`: by target, null where there is none.
template <typename Function>
Function* function_for_vectors(const std::array<Function*, kVectorTargetCount>& functions) {
  auto target = static_cast<size_t>(vector_target());
  while (functions[target] == nullptr) --target;
  return functions[target];
}

}  // namespace querymark

#ifdef __x86_64__
#define HWY_WANT_AVX3_DL
#define QUERYMARK_FOR_VECTORS(FUNCTION)                                                      \
  function_for_vectors<std::remove_pointer_t<decltype(&HWY_STATIC_DISPATCH(FUNCTION))>>(     \
      {HWY_CHOOSE_FALLBACK(FUNCTION), HWY_CHOOSE_SSSE3(FUNCTION), HWY_CHOOSE_SSE4(FUNCTION), \
       HWY_CHOOSE_AVX2(FUNCTION), HWY_CHOOSE_AVX3(FUNCTION), HWY_CHOOSE_AVX3_DL(FUNCTION)})
#else
#define HWY_COMPILE_ONLY_STATIC
#define QUERYMARK_FOR_VECTORS(FUNCTION) HWY_STATIC_DISPATCH(FUNCTION)
#endif
