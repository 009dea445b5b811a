// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "aws/aws_time.h"
#include "service/access_keys.h"
#include "service/http_exchange.h"

namespace querymark {

// How AWS answers a request that is not signed as it must be.
struct ApiError {
  int status;
  std::string type;
  std::string message;
};

// A signature from outside this window is refused, so that a request that was listened to cannot be sent
// again for ever.
inline constexpr std::chrono::minutes kSignatureWindow(5);

// Holds a request against the Signature Version 4 that it bears: the key is known, the time is ours, the
// host, the date and all of the body are signed, and the signature is the right one (compared in constant
// time). Nothing where all is well. Cost: the SHA-256 of the body. Threads: pure.
std::optional<ApiError> check_signature(const HttpHead& head, std::string_view body, std::string_view service,
                                        const AccessKeys& keys, SystemTime now);

}  // namespace querymark
