// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

// The digests and encodings that AWS's protocols use, by OpenSSL and ISA-L.
namespace querymark {

// 32 raw bytes.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

// Digits in lower case.
std::string to_hex(std::string_view bytes);

std::string to_base64(std::string_view bytes);
// kCorrupt where `text` is not whole, padded base64.
Result<std::string> from_base64(std::string_view text);

// CRC-32 as in gzip and in DynamoDB's x-amz-crc32.
uint32_t crc32(std::string_view bytes);

}  // namespace querymark
