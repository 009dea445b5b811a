// SPDX-License-Identifier: Apache-2.0
#include "alert/sns_message.h"

#include <algorithm>

#include "alert/match_record.h"

namespace querymark {
namespace {

// SNS takes no control characters in attributes.
std::string attribute_text(std::string_view text) {
  std::string clean = valid_utf8(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return clean;
}

}  // namespace

SnsMessage sns_message(const Notification& notification) {
  SnsMessage message;
  message.subject = sns_subject(notification.subject);
  message.message = valid_utf8(notification.text);
  for (const auto& [name, value] : notification.attributes)
    message.attributes.emplace(name, attribute_text(value));
  if (!notification.lists.empty()) {
    std::vector<std::string>& lists = message.list_attributes["lists"];
    for (const std::string& list : notification.lists) lists.push_back(valid_utf8(list));
  }
  if (message.size() > kSnsMessageSizeMax && notification.kind == Notification::Kind::kMatch)
    message.message = without_answers(message.message);
  return message;
}

}  // namespace querymark
