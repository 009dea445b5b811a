// SPDX-License-Identifier: Apache-2.0
#include "domains/entry_text.h"

#include <ctime>
#include <nlohmann/json.hpp>

namespace querymark {
namespace {

std::string date_text(int64_t unix_seconds) {
  return time_text(unix_seconds).substr(0, 10);
}

bool is_expired(const StoredEntry& entry) {
  return entry.expires && *entry.expires <= std::time(nullptr);
}

}  // namespace

std::string time_text(int64_t unix_seconds) {
  if (unix_seconds == 0) return "";
  const std::time_t time = unix_seconds;
  std::tm parts{};
  char text[32];
  if (::gmtime_r(&time, &parts) == nullptr) return std::to_string(unix_seconds);
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts)};
}

std::string entry_text(const StoredEntry& entry) {
  std::string text = entry.name + "  list " + entry.list + ", " + std::string(to_string(entry.scope));
  text += entry.allow ? ", allow" : ", kept " + std::string(to_string(entry.keep));
  text += ", seen " + date_text(entry.first_seen);
  if (date_text(entry.last_seen) != date_text(entry.first_seen)) text += " to " + date_text(entry.last_seen);
  if (entry.expires) text += (is_expired(entry) ? ", expired " : ", expires ") + date_text(*entry.expires);
  if (!entry.note.empty()) text += ": " + entry.note;
  return text;
}

std::string entry_json(const StoredEntry& entry) {
  nlohmann::ordered_json json = {{"name", entry.name},
                                 {"list", entry.list},
                                 {"allow", entry.allow},
                                 {"scope", to_string(entry.scope)},
                                 {"keep", to_string(entry.keep)},
                                 {"note", entry.note},
                                 {"first_seen", time_text(entry.first_seen)},
                                 {"last_seen", time_text(entry.last_seen)}};
  if (entry.expires) json["expires"] = time_text(*entry.expires);
  // Notes may be any bytes: what is no UTF-8 becomes U+FFFD.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string list_json(const ListSummary& list) {
  const nlohmann::ordered_json json = {{"list", list.name},
                                       {"entries", list.entries},
                                       {"allow_entries", list.allow_entries},
                                       {"expired", list.expired},
                                       {"source", list.source},
                                       {"format", list.format},
                                       {"last_import", time_text(list.last_import)},
                                       {"last_attempt", time_text(list.last_attempt)},
                                       {"last_result", list.last_result}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace querymark
