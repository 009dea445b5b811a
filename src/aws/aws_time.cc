// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_time.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <iterator>

namespace querymark {
namespace {

constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Takes `digits` digits from the front; nothing where they are not there or not within the bounds.
std::optional<int> take_number(std::string_view& text, size_t digits, int min, int max) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || value < min || value > max) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

// The system clock counts nanoseconds and ends in 2262; what is said to last longer ("9999-12-31") lasts
// until then.
constexpr int kYearMax = 2260;

std::optional<SystemTime> make_time(int year, int month, int day, std::chrono::seconds of_day) {
  const std::chrono::year_month_day date{std::chrono::year(std::min(year, kYearMax)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + of_day;
}

// "15:18:52"
std::optional<std::chrono::seconds> take_time_of_day(std::string_view& text) {
  const std::optional<int> hour = take_number(text, 2, 0, 23);
  if (!hour || !take(text, ":")) return std::nullopt;
  const std::optional<int> minute = take_number(text, 2, 0, 59);
  if (!minute || !take(text, ":")) return std::nullopt;
  const std::optional<int> second = take_number(text, 2, 0, 60);
  if (!second) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

// "Z", "+02:00", "-0130"
std::optional<std::chrono::seconds> take_offset(std::string_view& text) {
  if (take(text, "Z")) return std::chrono::seconds(0);
  const bool west = take(text, "-");
  if (!west && !take(text, "+")) return std::nullopt;
  const std::optional<int> hours = take_number(text, 2, 0, 23);
  take(text, ":");
  const std::optional<int> minutes = take_number(text, 2, 0, 59);
  if (!hours || !minutes) return std::nullopt;
  const std::chrono::seconds offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

}  // namespace

std::string format_amz_date(SystemTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[sizeof "YYYYMMDDTHHMMSSZ"];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

std::optional<SystemTime> parse_iso8601(std::string_view text) {
  const std::optional<int> year = take_number(text, 4, 1970, 9999);
  if (!year || !take(text, "-")) return std::nullopt;
  const std::optional<int> month = take_number(text, 2, 1, 12);
  if (!month || !take(text, "-")) return std::nullopt;
  const std::optional<int> day = take_number(text, 2, 1, 31);
  if (!day || !take(text, "T")) return std::nullopt;
  const std::optional<std::chrono::seconds> of_day = take_time_of_day(text);
  if (!of_day) return std::nullopt;
  if (take(text, ".")) text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  const std::optional<std::chrono::seconds> offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return make_time(*year, *month, *day, *of_day - *offset);
}

std::optional<SystemTime> parse_http_date(std::string_view text) {
  text.remove_prefix(std::min(text.find(", "), text.size()));
  if (!take(text, ", ")) return std::nullopt;
  const std::optional<int> day = take_number(text, 2, 1, 31);
  if (!day || !take(text, " ")) return std::nullopt;
  const auto* const month = std::find_if(std::begin(kMonths), std::end(kMonths),
                                         [&text](const char* name) { return text.starts_with(name); });
  if (month == std::end(kMonths)) return std::nullopt;
  text.remove_prefix(std::strlen(*month));
  if (!take(text, " ")) return std::nullopt;
  const std::optional<int> year = take_number(text, 4, 1970, 9999);
  if (!year || !take(text, " ")) return std::nullopt;
  const std::optional<std::chrono::seconds> of_day = take_time_of_day(text);
  if (!of_day || text != " GMT") return std::nullopt;
  return make_time(*year, static_cast<int>(month - kMonths) + 1, *day, *of_day);
}

}  // namespace querymark
