// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

// The middle of base64 by vectors, chosen for the processor at run time; base64.cc does what is left at the
// end, and says what is wrong. After W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2
// Instructions".
namespace querymark {

// Encodes whole groups of three bytes from the front of `bytes` to `out` and returns how many bytes that
// were.
size_t encode_base64_blocks(std::string_view bytes, char* out);

// Decodes whole groups of four digits from the front of `text` to `out` and returns how many characters that
// were; stops before a block with a byte that is no digit. Writes nothing behind
// base64_decoded_size_max(text.size()).
size_t decode_base64_blocks(std::string_view text, char* out);

}  // namespace querymark
