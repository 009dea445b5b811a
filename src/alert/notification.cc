// SPDX-License-Identifier: Apache-2.0
#include "alert/notification.h"

#include <array>
#include <utility>

#include "alert/match_record.h"
#include "dns/domain_name.h"

namespace querymark {
namespace {

constexpr std::array<std::string_view, 6> kAttributeMembers = {"vpc_id", "srcaddr",    "query_type",
                                                               "rcode",  "account_id", "region"};

}  // namespace

std::string_view Notification::attribute(std::string_view name) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view to_string(Notification::Kind kind) {
  switch (kind) {
    case Notification::Kind::kMatch:
      return "match";
    case Notification::Kind::kDigest:
      return "digest";
    case Notification::Kind::kSummary:
      return "summary";
  }
  return "";
}

Notification match_notification(Match match, const SuffixTable& suffixes) {
  Notification notification;
  const auto add = [&notification](std::string_view name, std::string_view value) {
    if (!value.empty()) notification.attributes.emplace(name, value);
  };
  const auto members = string_members(valid_utf8(match.record));
  for (const std::string_view name : kAttributeMembers) {
    if (const auto found = members.find(name); found != members.end()) add(name, found->second);
  }
  if (const auto found = members.find("query_name"); found != members.end()) {
    const DomainName name = normalize_name(found->second);
    if (name.ok()) add("registered_domain", suffixes.registrable_domain(name.text()));
  }
  if (const auto found = members.find("query_timestamp"); found != members.end())
    notification.timestamp = found->second;
  add("entry", match.entry);
  notification.lists = std::move(match.lists);
  notification.text = std::move(match.record);
  return notification;
}

}  // namespace querymark
