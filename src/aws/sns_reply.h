// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Replies of SNS, read from their XML.
namespace querymark {

struct SnsBatchReply {
  struct Failed {
    std::string id;
    std::string code;
    std::string message;
    bool sender_fault = false;  // the message's own: sent again, it fails again
  };
  std::vector<std::string> successful;  // ids of entries
  std::vector<Failed> failed;
};

// The message's id.
Result<std::string> read_publish_reply(std::string_view body);
Result<SnsBatchReply> read_publish_batch_reply(std::string_view body);

}  // namespace querymark
