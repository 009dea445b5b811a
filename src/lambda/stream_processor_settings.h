// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "aws/environment.h"
#include "base/result.h"
#include "dns/entry_scope.h"

// What a stream processor is told by its environment (deploy/sam/template.yaml).
//
//   INTERESTING_DOMAINS_TABLE=interesting-domains-table SNS_ON=Y SNS_TOPIC=arn:aws:sns:…
//   MATCH=registered|listed  ANNOTATE=Y|N  NOTIFY=each|digest  CACHE_SECONDS=60
namespace querymark {

enum class Notify : uint8_t {
  kOff,
  kEach,    // one message a match
  kDigest,  // one a client and registrable domain in each invocation
};

struct StreamProcessorSettings {
  std::string table;
  std::string topic_arn;  // of kEach and kDigest
  Notify notify = Notify::kOff;
  MatchMode match = MatchMode::kRegistered;
  bool annotate = false;
  std::chrono::seconds cache_lifetime{60};
  std::string function_name;  // for metrics
};

// kInvalid names the variable. As in the sample stack, SNS_ON is on for "Y" and off for anything else.
Result<StreamProcessorSettings> read_stream_processor_settings(const Environment& environment);

}  // namespace querymark
