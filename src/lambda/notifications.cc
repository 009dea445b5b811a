// SPDX-License-Identifier: Apache-2.0
#include "lambda/notifications.h"

#include <utility>

#include "alert/digest.h"
#include "alert/sns_message.h"

namespace querymark {

std::vector<SnsMessage> match_messages(const MarkedRecords& records, Notify notify,
                                       const SuffixTable& suffixes) {
  std::vector<SnsMessage> messages;
  Digests digests;
  for (const MatchedRecord& matched : records.matches) {
    const std::string_view record = records.text.view().substr(matched.begin, matched.end - matched.begin);
    Notification notification =
        match_notification({std::string(record), matched.entry, matched.lists}, suffixes);
    if (notify == Notify::kEach) {
      messages.push_back(sns_message(notification));
    } else {
      digests.add(std::move(notification));
    }
  }
  for (const Notification& digest : digests.take(digests.groups())) messages.push_back(sns_message(digest));
  return messages;
}

}  // namespace querymark
