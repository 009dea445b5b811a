// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "alert/alert_sink.h"

namespace querymark {

// Publishes each notification to a topic (alert/sns_message.h), as many in a request as SNS takes. To a FIFO
// topic all go in one group, and what is sent again counts once. kInvalid where it is no ARN of a topic.
Result<std::unique_ptr<AlertSink>> open_sns_sink(const std::string& topic_arn, AwsAccess& aws);

}  // namespace querymark
