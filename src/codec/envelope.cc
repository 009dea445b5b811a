// SPDX-License-Identifier: Apache-2.0
#include "codec/envelope.h"

#include <algorithm>

#include "codec/base64.h"
#include "codec/gzip.h"
#include "codec/json_string.h"
#include "codec/json_walk.h"
#include "codec/record_scanner.h"

namespace querymark {
namespace {

constexpr size_t kInflateStep = size_t{256} << 10;

struct Members {
  std::string_view message;
  std::string_view message_type;
  std::string_view raw_data;
  std::string_view log_events;
};

Members find_members(std::string_view object) {
  Members found;
  for (JsonMembers members(object); members.next();) {
    const auto is = [&](std::string_view name) { return json_string_is(members.key(), name); };
    if (is("message")) found.message = members.value();
    if (is("messageType")) found.message_type = members.value();
    if (is("rawData")) found.raw_data = members.value();
    if (is("logEvents")) found.log_events = members.value();
  }
  return found;
}

bool is_string(std::string_view value) {
  return value.starts_with('"');
}

// Between the quotes.
std::string_view content_of(std::string_view string) {
  return string.substr(1, string.size() - 2);
}

std::string padded(std::string_view text) {
  std::string payload;
  payload.reserve(text.size() + kScanPadding);
  payload = text;
  return payload;
}

std::string unescape(std::string_view string) {
  std::string text;
  text.reserve(string.size() + kScanPadding);
  unescape_json(content_of(string), text);
  return text;
}

// What a `message` holds: the text of a string, or an object as it is; "" for anything else.
std::string open_message(std::string_view value) {
  if (is_string(value)) return unescape(value);
  if (value.starts_with('{')) return padded(value);
  return {};
}

std::string open_log_event(std::string_view event) {
  if (event.starts_with('{')) {
    std::string payload = open_message(find_members(event).message);
    if (!payload.empty()) return payload;
  }
  return padded(event);
}

Result<std::string> inflate(std::string_view bytes) {
  GzipInflater inflater;
  std::string text;
  for (;;) {
    const size_t size = text.size();
    text.resize(std::min(size + kInflateStep, kEnvelopeSizeMax + 1));
    const Result<GzipProgress> progress = inflater.inflate(bytes, text.data() + size, text.size() - size);
    if (!progress) return progress.error();
    bytes.remove_prefix(progress->consumed);
    const bool is_full = size + progress->produced == text.size();
    text.resize(size + progress->produced);
    if (text.size() > kEnvelopeSizeMax) {
      return Error::limit("over " + std::to_string(kEnvelopeSizeMax) + " bytes inflated");
    }
    if (!is_full) break;
  }
  if (const Result<void> finished = inflater.finish(); !finished) return finished.error();
  return text;
}

Result<std::string> open_raw_data(std::string_view value) {
  if (!is_string(value)) return Error::invalid("rawData is no string");
  std::string text;
  unescape_json(content_of(value), text);
  std::string bytes(base64_decoded_size_max(text.size()), '\0');
  const Result<size_t> size = decode_base64(text, bytes.data());
  if (!size) return Error::invalid("rawData: " + size.error().detail);
  bytes.resize(*size);
  if (!is_gzip(bytes)) return padded(bytes);
  Result<std::string> inflated = inflate(bytes);
  if (!inflated) return Error{inflated.error().code, "rawData: " + inflated.error().detail};
  inflated->reserve(inflated->size() + kScanPadding);
  return inflated;
}

}  // namespace

Result<Envelope> open_envelope(std::string_view object) {
  const Members members = find_members(object);
  Envelope envelope{Envelope::Kind::kMessage, {}};
  if (!members.log_events.empty()) {
    if (is_string(members.message_type) &&
        json_string_is(content_of(members.message_type), "CONTROL_MESSAGE")) {
      envelope.kind = Envelope::Kind::kControl;
      return envelope;
    }
    if (!members.log_events.starts_with('[')) return Error::invalid("logEvents is no array");
    envelope.kind = Envelope::Kind::kLogEvents;
    for (JsonElements events(members.log_events); events.next();) {
      if (envelope.payloads.size() == kLogEventsMax)
        return Error::limit("over " + std::to_string(kLogEventsMax) + " log events");
      envelope.payloads.push_back(open_log_event(events.value()));
    }
    return envelope;
  }
  if (!members.raw_data.empty()) {
    Result<std::string> payload = open_raw_data(members.raw_data);
    if (!payload) return payload.error();
    envelope.kind = Envelope::Kind::kRawData;
    envelope.payloads.push_back(std::move(*payload));
    return envelope;
  }
  std::string payload = open_message(members.message);
  if (payload.empty()) return Error::invalid("message is neither an object nor a string with one inside");
  envelope.payloads.push_back(std::move(payload));
  return envelope;
}

}  // namespace querymark
