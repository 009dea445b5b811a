// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// Passwords as a configuration may hold them: scrypt (RFC 7914) with a salt of its own.
//
//   hash_password("correct horse")   "scrypt:15:8:1:<32 hex digits>:<64 hex digits>"   log2 N, r, p, salt,
//   key
//
// Cost: some 60 ms and 32 MB, which is the point. Threads: pure.
namespace querymark {

std::string hash_password(std::string_view password);

// Whether `hash` is of that form, with parameters that can be borne (at most 128 MB).
bool is_password_hash(std::string_view hash);

// Takes the same time whatever differs. REQUIRES: is_password_hash(hash).
bool password_fits(std::string_view password, std::string_view hash);

// `size` bytes from the system's generator, as hex digits.
std::string random_hex(size_t size);

}  // namespace querymark
