// SPDX-License-Identifier: Apache-2.0
#include "lambda/notifications.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "codec/json_string.h"
#include "codec/record_splicer.h"
#include "dns/domain_name.h"
#include "lambda/match_record.h"

namespace querymark {
namespace {

using Members = std::map<std::string, std::string, std::less<>>;

constexpr std::array<std::string_view, 6> kAttributeMembers = {"vpc_id", "srcaddr",    "query_type",
                                                               "rcode",  "account_id", "region"};

struct Match {
  std::string record;  // valid UTF-8, short enough for a message
  Members members;
  std::string registered_domain;
  std::string entry;
  std::vector<std::string> lists;

  std::string_view member(std::string_view name) const {
    const auto found = members.find(name);
    return found == members.end() ? std::string_view() : std::string_view(found->second);
  }
};

std::string without_answers(std::string_view record) {
  static constexpr std::array<MemberEdit, 2> kEdits = {{{"answers", ""}, {"answersLeftOut", "true"}}};
  std::string shorter;
  splice_record(record, kEdits, shorter);
  return shorter;
}

// SNS takes no control characters in attributes.
std::string attribute_text(std::string_view text) {
  std::string clean = valid_utf8(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return clean;
}

SnsMessage message_about(const Match& match, std::string text) {
  SnsMessage message;
  message.subject = kMatchSubject;
  message.message = std::move(text);
  const auto add = [&message](std::string_view name, std::string_view value) {
    if (!value.empty()) message.attributes.emplace(name, attribute_text(value));
  };
  add("registered_domain", match.registered_domain);
  add("entry", match.entry);
  for (const std::string_view name : kAttributeMembers) add(name, match.member(name));
  if (!match.lists.empty()) message.list_attributes.emplace("lists", match.lists);
  return message;
}

Match read_match(std::string_view record, const MatchedRecord& matched, const SuffixTable& suffixes,
                 const DomainLookup& lookup) {
  Match match;
  match.record = valid_utf8(record);
  match.members = string_members(match.record);
  match.entry = matched.entry;
  DomainMatch answer;
  answer.verdict = DomainMatch::Verdict::kInteresting;
  answer.entry = matched.entry;
  match.lists = lookup.list_names(answer);
  const DomainName name = normalize_name(match.member("query_name"));
  if (name.ok()) match.registered_domain = suffixes.registrable_domain(name.text());
  return match;
}

// One a match: the record, which is made shorter where it has to be.
SnsMessage message_of(const Match& match) {
  SnsMessage message = message_about(match, match.record);
  if (message.size() > kSnsMessageSizeMax) message.message = without_answers(match.record);
  return message;
}

// Matches of one client and registrable domain.
struct Digest {
  Match match;  // the first of them
  size_t count = 0;
  std::string first;  // query_timestamp
  std::string last;
  std::vector<std::string> samples;

  void add(Match next) {
    const std::string time(next.member("query_timestamp"));
    if (count++ == 0) {
      first = last = time;
    } else {
      first = std::min(first, time);
      last = std::max(last, time);
    }
    if (samples.size() < kDigestSamplesMax) samples.push_back(next.record);
    if (count == 1) match = std::move(next);
  }

  std::string text(size_t sample_count) const {
    std::string text = "{\"srcaddr\":";
    append_json_string(match.member("srcaddr"), text);
    text += ",\"vpc_id\":";
    append_json_string(match.member("vpc_id"), text);
    text += ",\"registered_domain\":";
    append_json_string(match.registered_domain, text);
    text += ",\"lists\":[";
    for (const std::string& list : match.lists) {
      if (&list != match.lists.data()) text += ',';
      append_json_string(list, text);
    }
    text += "],\"count\":" + std::to_string(count) + ",\"first\":";
    append_json_string(first, text);
    text += ",\"last\":";
    append_json_string(last, text);
    text += ",\"samples\":[";
    for (size_t i = 0; i < sample_count; ++i) text.append(i == 0 ? "" : ",").append(samples[i]);
    return text + "]}";
  }

  // With as many samples as fit; where none does, one without `answers`.
  SnsMessage message() const {
    SnsMessage made;
    for (size_t sample_count = samples.size(); sample_count > 0; --sample_count) {
      made = message_about(match, text(sample_count));
      if (made.size() <= kSnsMessageSizeMax) return made;
    }
    Digest shorter = *this;
    shorter.samples = {without_answers(samples.front())};
    return message_about(match, shorter.text(1));
  }
};

}  // namespace

std::vector<SnsMessage> match_messages(const MarkedRecords& records, Notify notify,
                                       const SuffixTable& suffixes, const DomainLookup& lookup) {
  std::vector<SnsMessage> messages;
  std::vector<Digest> digests;  // in the order of their first match
  std::map<std::tuple<std::string, std::string, std::string>, size_t> digest_of;
  for (const MatchedRecord& matched : records.matches) {
    const std::string_view record = records.text.view().substr(matched.begin, matched.end - matched.begin);
    Match match = read_match(record, matched, suffixes, lookup);
    if (notify == Notify::kEach) {
      messages.push_back(message_of(match));
      continue;
    }
    // In `listed` matching a name need not have a registrable domain.
    const std::string& domain = match.registered_domain.empty() ? match.entry : match.registered_domain;
    const auto [place, is_new] = digest_of.try_emplace(
        {std::string(match.member("vpc_id")), std::string(match.member("srcaddr")), domain}, digests.size());
    if (is_new) digests.emplace_back();
    digests[place->second].add(std::move(match));
  }
  for (const Digest& digest : digests) messages.push_back(digest.message());
  return messages;
}

}  // namespace querymark
