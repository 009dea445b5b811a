// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "alert/notification.h"
#include "aws/sns.h"

namespace querymark {

// A notification as SNS takes it: the text as message; the attributes, and `lists` as an array, for filter
// policies. Bytes that are no UTF-8 become U+FFFD. A match that is too long for a message goes without its
// `answers` and says so; one that is too long even so stays too long, which SNS refuses.
SnsMessage sns_message(const Notification& notification);

}  // namespace querymark
