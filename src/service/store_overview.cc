// SPDX-License-Identifier: Apache-2.0
#include "service/store_overview.h"

#include <algorithm>
#include <ctime>

namespace querymark {
namespace {

// Who asked, as people know it; a condition of the page's own questions too (web/sql.js).
constexpr const char* kHost = "coalesce(srcids.instance, srcids.resolver_endpoint, srcaddr)";

// How much of "2026-11-24T10:05" names a bucket, the finest first.
struct Unit {
  size_t size;
  const char* name;
};
constexpr std::array kUnits = {Unit{16, "minute"}, Unit{15, "ten minutes"}, Unit{13, "hour"}, Unit{10, "day"},
                               Unit{7, "month"}};

// Of the form 2026-11-24T10:05.
bool is_minute(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(),
                    [](char c, char form) { return form == 'd' ? c >= '0' && c <= '9' : c == form; });
}

std::string day_before(unsigned days) {
  constexpr std::time_t kSecondsPerDay = 86'400;
  const std::time_t then = std::time(nullptr) - kSecondsPerDay * days;
  std::tm parts{};
  ::gmtime_r(&then, &parts);
  char text[sizeof "2026/11/24"];
  return {text, std::strftime(text, sizeof text, "%Y/%m/%d", &parts)};
}

uint64_t number(const std::optional<std::string_view>& cell) {
  return cell ? std::strtoull(std::string(*cell).c_str(), nullptr, 10) : 0;
}

std::string text(const std::optional<std::string_view>& cell) {
  return std::string(cell.value_or(""));
}

// A row for each minute, and one without it that counts hosts.
std::string count_question(const std::string& where) {
  return std::string(
             "WITH part AS (SELECT minute, host, grouping(minute) AS is_host, count(*) AS records, "
             "count_if(matched) AS matches FROM (SELECT query_timestamp[:16] AS minute, ") +
         kHost + " AS host, isMatchedDomain = 'Y' AS matched FROM route53query" + where +
         ") GROUP BY GROUPING SETS ((minute), (host))) "
         "SELECT CASE WHEN is_host = 0 THEN coalesce(minute, '') END AS key, sum(records)::BIGINT, "
         "sum(matches)::BIGINT, count(host), count_if(matches > 0) FROM part GROUP BY key ORDER BY key";
}

class CountRows final : public SqlRowSink {
 public:
  explicit CountRows(Overview& overview) : overview_(overview) {}
  Result<void> begin(std::span<const SqlColumn>) override { return {}; }
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override {
    if (!cells[0]) {
      overview_.records = number(cells[1]);
      overview_.matched = number(cells[2]);
      overview_.hosts = number(cells[3]);
      overview_.matched_hosts = number(cells[4]);
    } else if (is_minute(*cells[0])) {
      overview_.timeline.push_back({text(cells[0]), number(cells[1]), number(cells[2])});
    }
    return {};
  }

 private:
  Overview& overview_;
};

// Merges neighbours until there are few enough.
void coarsen(Overview& overview) {
  std::vector<TimelineBucket>& timeline = overview.timeline;
  for (const Unit& unit : kUnits) {
    overview.bucket_unit = unit.name;
    std::vector<TimelineBucket> merged;
    for (const TimelineBucket& bucket : timeline) {
      const std::string begin = bucket.begin.substr(0, unit.size);
      if (merged.empty() || merged.back().begin != begin) merged.push_back({begin});
      merged.back().records += bucket.records;
      merged.back().matched += bucket.matched;
    }
    timeline = std::move(merged);
    if (timeline.size() <= Overview::kBucketsMax) return;
  }
}

// `first` and `last`: minutes that the timeline begins and ends with.
std::string threat_question(const std::string& where, const std::string& first, const std::string& last) {
  const auto time = [](const std::string& value) { return "epoch(TRY_CAST(" + value + " AS TIMESTAMP))"; };
  const std::string begin = time(sql_quoted(first));
  const std::string end = "(" + time(sql_quoted(last)) + " + 60)";
  const std::string slots = std::to_string(Threat::kSlots);
  std::string counts;
  for (size_t i = 0; i < Threat::kSlots; ++i)
    counts += (i == 0 ? "" : ", ") + ("count_if(slot = " + std::to_string(i) + ")");
  return std::string(
             "SELECT host, any_value(srcaddr), any_value(vpc_id), domain, count(*), min(asked), max(asked), "
             "count_if(action = 'BLOCK'), count_if(action = 'ALERT'), "
             "count_if(rcode = 'NOERROR' AND answers > 0 AND action <> 'BLOCK'), "
             "count_if(rcode = 'NXDOMAIN' AND action <> 'BLOCK'), count(*) OVER (), ") +
         counts + " FROM (SELECT " + kHost + " AS host, srcaddr, vpc_id, " +
         "coalesce(registeredDomain, query_name) AS domain, query_timestamp AS asked, upper(rcode) AS rcode, "
         "coalesce(len(answers), 0) AS answers, upper(coalesce(firewall_rule_action, '')) AS action, "
         "least(floor((" +
         time("query_timestamp") + " - " + begin + ") * " + slots + " / (" + end + " - " + begin + ")), " +
         slots + " - 1) AS slot FROM route53query" + where + (where.empty() ? " WHERE " : " AND ") +
         "isMatchedDomain = 'Y') GROUP BY host, domain ORDER BY count(*) DESC, max(asked) DESC, host, domain "
         "LIMIT " +
         std::to_string(Overview::kThreatsMax);
}

class ThreatRows final : public SqlRowSink {
 public:
  explicit ThreatRows(Overview& overview) : overview_(overview) {}
  Result<void> begin(std::span<const SqlColumn>) override { return {}; }
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override {
    constexpr size_t kFirstSlot = 12;
    Threat& threat = overview_.threats.emplace_back();
    threat.host = text(cells[0]);
    threat.srcaddr = text(cells[1]);
    threat.vpc_id = text(cells[2]);
    threat.domain = text(cells[3]);
    threat.records = number(cells[4]);
    threat.first = text(cells[5]);
    threat.last = text(cells[6]);
    threat.blocked = number(cells[7]);
    threat.alerted = number(cells[8]);
    threat.answered = number(cells[9]);
    threat.nonexistent = number(cells[10]);
    overview_.threats_total = number(cells[11]);
    for (size_t i = 0; i < Threat::kSlots; ++i) threat.slots[i] = number(cells[kFirstSlot + i]);
    return {};
  }

 private:
  Overview& overview_;
};

}  // namespace

Result<std::string> OverviewPeriod::where() const {
  std::string conditions;
  const auto add = [&conditions](const std::string& condition) {
    conditions += (conditions.empty() ? " WHERE " : " AND ") + condition;
  };
  if (days > 0) add("day >= " + sql_quoted(day_before(days - 1)));
  for (const std::string* bound : {&time_from, &time_to}) {
    if (!bound->empty() && !is_minute(*bound))
      return Error::invalid("a time is wanted as 2026-11-24T10:05, not " + *bound);
  }
  if (!time_from.empty()) add("query_timestamp >= " + sql_quoted(time_from));
  if (!time_to.empty()) add("query_timestamp < " + sql_quoted(time_to));
  return conditions;
}

Result<Overview> read_overview(StoreQuestions& questions, const OverviewPeriod& period,
                               std::chrono::milliseconds time_max) {
  const Result<std::string> where = period.where();
  if (!where) return where.error();
  Overview overview;
  CountRows counts(overview);
  Result<uint64_t> rows = questions.select({count_question(*where), {}}, counts, time_max);
  if (!rows) return rows.error();
  if (overview.matched > 0) {
    const std::vector<TimelineBucket>& minutes = overview.timeline;
    const std::string first = minutes.empty() ? "" : minutes.front().begin;
    const std::string last = minutes.empty() ? "" : minutes.back().begin;
    ThreatRows threats(overview);
    rows = questions.select({threat_question(*where, first, last), {}}, threats, time_max);
    if (!rows) return rows.error();
  }
  coarsen(overview);
  return overview;
}

}  // namespace querymark
