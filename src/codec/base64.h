// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

// Base64 (RFC 4648 §4: the standard alphabet, padded), by vectors chosen for the processor at run time.
//
//   std::string text(base64_size(bytes.size()), '\0');
//   encode_base64(bytes, text.data());                    "hi" -> "aGk="
//   Result<size_t> size = decode_base64(text, out);       "aGk=" -> "hi", 2
//
// Cost: encoding and decoding take about as long as copying. Threads: pure.
namespace querymark {

// The size of the text that `size` bytes become.
constexpr size_t base64_size(size_t size) {
  return (size + 2) / 3 * 4;
}

// The room that decode_base64 needs for a text of that size.
constexpr size_t base64_decoded_size_max(size_t text_size) {
  return text_size / 4 * 3;
}

// Writes base64_size(bytes.size()) bytes to `out`.
void encode_base64(std::string_view bytes, char* out);

// Writes the bytes that `text` stands for to `out` and returns how many they are. kInvalid names the offset
// of the first byte that does not belong: no line breaks, no missing padding, no bits set that no byte takes
// up. What is in `out` then is unspecified. REQUIRES: base64_decoded_size_max(text.size()) bytes at `out`; it
// and `text` do not overlap.
Result<size_t> decode_base64(std::string_view text, char* out);

}  // namespace querymark
