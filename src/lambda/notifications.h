// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "aws/sns.h"
#include "lambda/stream_processor_settings.h"
#include "mark/marker.h"
#include "psl/suffix_table.h"

namespace querymark {

// The matches of an event as messages to an SNS topic (alert/notification.h, alert/digest.h, and
// alert/sns_message.h for what SNS would refuse). REQUIRES: notify != kOff; matches were collected.
std::vector<SnsMessage> match_messages(const MarkedRecords& records, Notify notify,
                                       const SuffixTable& suffixes);

}  // namespace querymark
