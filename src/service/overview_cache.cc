// SPDX-License-Identifier: Apache-2.0
#include "service/overview_cache.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace querymark {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kEntriesMax = 32;
constexpr std::chrono::seconds kTimeMax(300);
constexpr std::chrono::seconds kFreshTime(4);
constexpr int kRestTimes = 10;  // as long as the last one took

Json threat_json(const Threat& threat, const OverviewCache::ListsFunction& lists) {
  return {{"host", threat.host},          {"srcaddr", threat.srcaddr},         {"vpc_id", threat.vpc_id},
          {"domain", threat.domain},      {"records", threat.records},         {"first", threat.first},
          {"last", threat.last},          {"blocked", threat.blocked},         {"alerted", threat.alerted},
          {"answered", threat.answered},  {"nonexistent", threat.nonexistent}, {"slots", threat.slots},
          {"lists", lists(threat.domain)}};
}

std::string overview_json(const Overview& overview, const OverviewCache::ListsFunction& lists) {
  Json timeline = {{"unit", overview.bucket_unit},
                   {"begin", Json::array()},
                   {"records", Json::array()},
                   {"matched", Json::array()}};
  for (const TimelineBucket& bucket : overview.timeline) {
    timeline["begin"].push_back(bucket.begin);
    timeline["records"].push_back(bucket.records);
    timeline["matched"].push_back(bucket.matched);
  }
  Json threats = Json::array();
  for (const Threat& threat : overview.threats) threats.push_back(threat_json(threat, lists));
  const Json json = {{"records", overview.records},     {"matched", overview.matched},
                     {"hosts", overview.hosts},         {"matched_hosts", overview.matched_hosts},
                     {"timeline", std::move(timeline)}, {"threats_total", overview.threats_total},
                     {"threats", std::move(threats)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

OverviewCache::OverviewCache(StoreQuestions& questions, WorkQueue& queue, ListsFunction lists)
    : questions_(questions), queue_(queue), lists_(std::move(lists)) {}

Result<std::string> OverviewCache::get(const OverviewPeriod& period) {
  Result<std::string> key = period.where();
  if (!key) return key;
  const std::lock_guard<std::mutex> lock(mutex_);
  drop_old();
  Entry& entry = entries_[*key];
  if (is_due(entry)) entry.is_working = queue_.submit([this, key = *key, period] { make(key, period); });
  Json json = {{"working", entry.is_working || !entry.is_made}};
  if (entry.is_made) {
    json["age_s"] = seconds(Clock::now() - entry.made_at);
    json["took_s"] = seconds(entry.took);
  }
  if (!entry.error.empty()) json["error"] = entry.error;
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.back() = ',';
  return text + "\"overview\":" + entry.overview + "}";
}

bool OverviewCache::is_due(const Entry& entry) const {
  if (entry.is_working) return false;
  return !entry.is_made ||
         Clock::now() - entry.made_at >= std::max<Clock::duration>(kFreshTime, entry.took * kRestTimes);
}

void OverviewCache::make(const std::string& key, const OverviewPeriod& period) {
  const Clock::time_point begin = Clock::now();
  const Result<Overview> overview = read_overview(questions_, period, kTimeMax);
  const std::string json = overview ? overview_json(*overview, lists_) : "";
  const std::lock_guard<std::mutex> lock(mutex_);
  Entry& entry = entries_[key];
  entry.error = overview ? "" : overview.error().detail;
  if (overview) entry.overview = json;
  entry.made_at = begin;
  entry.took = Clock::now() - begin;
  entry.is_made = true;
  entry.is_working = false;
}

// The one made longest ago that is not being made.
void OverviewCache::drop_old() {
  if (entries_.size() < kEntriesMax) return;
  auto oldest = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    const bool is_older = oldest == entries_.end() || entry->second.made_at < oldest->second.made_at;
    if (!entry->second.is_working && is_older) oldest = entry;
  }
  if (oldest != entries_.end()) entries_.erase(oldest);
}

}  // namespace querymark
