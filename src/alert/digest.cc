// SPDX-License-Identifier: Apache-2.0
#include "alert/digest.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "alert/json_list.h"
#include "alert/match_record.h"
#include "codec/json_string.h"

namespace querymark {
namespace {

// "1234567" → "1,234,567"
std::string with_commas(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

void append_member(std::string_view name, std::string_view value, std::string& out) {
  out.append(out.ends_with('{') ? "\"" : ",\"").append(name).append("\":");
  append_json_string(value, out);
}

// "samples":[…], as many as the text has room for, and the end.
std::string with_samples(std::string text, std::span<const std::string> samples) {
  text += ",\"samples\":[";
  for (const std::string& sample : samples) {
    if (text.size() + sample.size() + 3 > kDigestTextMax) break;
    if (!text.ends_with('[')) text += ',';
    text += sample;
  }
  return text + "]}";
}

// The members by which a group is known.
void append_group(const Notification& about, uint64_t count, std::string& out) {
  const std::string_view domain = about.attribute("registered_domain");
  append_member("srcaddr", about.attribute("srcaddr"), out);
  append_member("vpc_id", about.attribute("vpc_id"), out);
  append_member("registered_domain", domain.empty() ? about.attribute("entry") : domain, out);
  out += ",\"lists\":";
  append_json_list(about.lists, out);
  out += ",\"count\":" + std::to_string(count);
}

std::vector<std::string> merged(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

}  // namespace

void Digests::add(Notification match) {
  const std::string_view domain = match.attribute("registered_domain");
  const auto [place, is_new] =
      group_of_.try_emplace(Key(match.attribute("vpc_id"), match.attribute("srcaddr"),
                                domain.empty() ? match.attribute("entry") : domain),
                            groups_.size());
  if (is_new) groups_.emplace_back();
  Group& group = groups_[place->second];
  keep_sample(group, match.text);
  const std::string& time = match.timestamp;
  group.first = is_new ? time : std::min(group.first, time);
  group.last = std::max(group.last, time);
  group.count += match.matches;
  if (is_new) {
    match.text.clear();
    for (const char* of_one : {"query_type", "rcode"}) match.attributes.erase(of_one);
    group.about = std::move(match);
  } else if (group.about.lists != match.lists) {
    group.about.lists = merged(group.about.lists, match.lists);
  }
}

void Digests::keep_sample(Group& group, std::string_view record) {
  if (group.samples.size() == samples_max_) return;
  std::string sample = valid_utf8(record);
  if (sample.size() > kDigestTextMax / 2) sample = without_answers(sample);
  if (sample.size() > kDigestTextMax / 2 || samples_size_ + sample.size() > kSamplesSizeMax) return;
  samples_size_ += sample.size();
  group.samples.push_back(std::move(sample));
}

Notification Digests::digest_of(Group& group) const {
  Notification digest = std::move(group.about);
  digest.kind = Notification::Kind::kDigest;
  digest.matches = group.count;
  std::string text = "{";
  append_group(digest, group.count, text);
  append_member("first", group.first, text);
  append_member("last", group.last, text);
  digest.text = with_samples(std::move(text), group.samples);
  return digest;
}

Notification Digests::summary_of(size_t first_group) const {
  Notification summary;
  summary.kind = Notification::Kind::kSummary;
  summary.matches = 0;
  std::vector<const Group*> rest;
  std::set<std::pair<std::string_view, std::string_view>> sources;
  std::set<std::string_view> domains;
  std::string first = groups_[first_group].first;
  std::string last;
  for (const auto& [key, index] : group_of_) {
    if (index < first_group) continue;
    const Group& group = groups_[index];
    rest.push_back(&group);
    sources.emplace(std::get<0>(key), std::get<1>(key));
    domains.insert(std::get<2>(key));
    first = std::min(first, group.first);
    last = std::max(last, group.last);
    summary.matches += group.count;
    summary.lists = merged(summary.lists, group.about.lists);
  }
  std::stable_sort(rest.begin(), rest.end(),
                   [](const Group* a, const Group* b) { return a->count > b->count; });
  if (rest.size() > kTopMax) rest.resize(kTopMax);

  const std::string more = "and " + with_commas(summary.matches) + " more matches";
  summary.subject += ": " + more;
  std::string text = "{";
  append_member("summary", more, text);
  text += ",\"count\":" + std::to_string(summary.matches);
  append_member("first", first, text);
  append_member("last", last, text);
  text += ",\"sources\":" + std::to_string(sources.size()) +
          ",\"registered_domains\":" + std::to_string(domains.size()) + ",\"top\":[";
  std::vector<std::string> samples;
  for (const Group* group : rest) {
    text += text.ends_with('[') ? "{" : ",{";
    append_group(group->about, group->count, text);
    text += '}';
    if (!group->samples.empty() && samples.size() < samples_max_) samples.push_back(group->samples.front());
  }
  summary.text = with_samples(text + "]", samples);
  return summary;
}

std::vector<Notification> Digests::take(size_t digests_max) {
  const size_t digest_count = std::min(digests_max, groups_.size());
  std::vector<Notification> rest;
  if (digest_count < groups_.size()) rest.push_back(summary_of(digest_count));
  std::vector<Notification> notifications;
  for (size_t i = 0; i < digest_count; ++i) notifications.push_back(digest_of(groups_[i]));
  std::move(rest.begin(), rest.end(), std::back_inserter(notifications));
  *this = Digests(samples_max_);
  return notifications;
}

}  // namespace querymark
