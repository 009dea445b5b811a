// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "aws/aws_session.h"
#include "aws/loopback_server.h"

// What the tests of the clients have in common: a session whose every service is the test's own server, and a
// policy that does not keep it waiting.
namespace querymark {

inline constexpr RetryPolicy kTestRetries{4, std::chrono::milliseconds(1), std::chrono::milliseconds(4),
                                          std::chrono::seconds(10)};
// For servers that say nothing.
inline constexpr RetryPolicy kImpatientRetries{4, std::chrono::milliseconds(1), std::chrono::milliseconds(4),
                                               std::chrono::milliseconds(500)};

inline std::unique_ptr<AwsSession> session_with(const LoopbackServer& server) {
  const Environment environment(Environment::Variables{{"AWS_ACCESS_KEY_ID", "A"},
                                                       {"AWS_SECRET_ACCESS_KEY", "S"},
                                                       {"AWS_REGION", "eu-west-1"},
                                                       {"AWS_ENDPOINT_URL", server.url()}});
  return *AwsSession::open(environment);
}

}  // namespace querymark
