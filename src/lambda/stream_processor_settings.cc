// SPDX-License-Identifier: Apache-2.0
#include "lambda/stream_processor_settings.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace querymark {
namespace {

constexpr int64_t kCacheSecondsMax = 86'400;

Error wrong(std::string_view variable, std::string_view value, std::string_view expected) {
  return Error::invalid(std::string(variable) + " is \"" + std::string(value) + "\", not " +
                        std::string(expected));
}

Result<Notify> read_notify(const Environment& environment) {
  const std::string text = environment.get_or("NOTIFY", "each");
  if (text != "each" && text != "digest") return wrong("NOTIFY", text, "each or digest");
  if (environment.get_or("SNS_ON", "N") != "Y") return Notify::kOff;
  return text == "each" ? Notify::kEach : Notify::kDigest;
}

Result<std::chrono::seconds> read_cache_lifetime(const Environment& environment) {
  const std::string text = environment.get_or("CACHE_SECONDS", "60");
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || stop != end || seconds < 0 || seconds > kCacheSecondsMax)
    return wrong("CACHE_SECONDS", text, "a number from 0 to " + std::to_string(kCacheSecondsMax));
  return std::chrono::seconds(seconds);
}

}  // namespace

Result<StreamProcessorSettings> read_stream_processor_settings(const Environment& environment) {
  StreamProcessorSettings settings;
  settings.table = environment.get_or("INTERESTING_DOMAINS_TABLE", "");
  if (settings.table.empty()) return Error::invalid("INTERESTING_DOMAINS_TABLE is not set");

  const Result<Notify> notify = read_notify(environment);
  if (!notify) return notify.error();
  settings.notify = *notify;
  settings.topic_arn = environment.get_or("SNS_TOPIC", "");
  if (settings.notify != Notify::kOff && settings.topic_arn.empty())
    return Error::invalid("SNS_ON is Y, and SNS_TOPIC is not set");

  const std::string match = environment.get_or("MATCH", "registered");
  const std::optional<MatchMode> mode = parse_match_mode(match);
  if (!mode) return wrong("MATCH", match, "registered or listed");
  settings.match = *mode;

  const std::string annotate = environment.get_or("ANNOTATE", "N");
  if (annotate != "Y" && annotate != "N") return wrong("ANNOTATE", annotate, "Y or N");
  settings.annotate = annotate == "Y";

  const Result<std::chrono::seconds> lifetime = read_cache_lifetime(environment);
  if (!lifetime) return lifetime.error();
  settings.cache_lifetime = *lifetime;

  settings.function_name = environment.get_or("AWS_LAMBDA_FUNCTION_NAME", "stream_processor");
  return settings;
}

}  // namespace querymark
