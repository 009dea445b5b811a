// SPDX-License-Identifier: Apache-2.0
#include "lambda/firehose_event.h"

#include <simdjson.h>

#include <cstdlib>
#include <utility>

#include "codec/base64.h"
#include "codec/json_string.h"
#include "lambda/http_reply.h"

namespace querymark {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kEventPadding >= simdjson::SIMDJSON_PADDING && kEventPadding <= kReplyBodyPadding);

constexpr std::string_view kBegin = "{\"records\":[";
constexpr std::string_view kEnd = "]}";
constexpr std::string_view kId = "{\"recordId\":\"";
constexpr std::string_view kOk = "\",\"result\":\"Ok\",\"data\":\"";
constexpr std::string_view kDropped = "\",\"result\":\"Dropped\"},";
constexpr std::string_view kFailed = "\",\"result\":\"ProcessingFailed\"},";
constexpr std::string_view kFailedWithData = "\",\"result\":\"ProcessingFailed\",\"data\":\"";
constexpr std::string_view kDataEnd = "\"},";

// What a record's answer takes besides its id and its data, whatever its result.
constexpr size_t kAnswerSize = kId.size() + kFailedWithData.size() + kDataEnd.size();
static_assert(kFailedWithData.size() >= kOk.size() && kFailedWithData.size() >= kDropped.size());

Error not_an_event(std::string_view why) {
  return Error::invalid("not a Firehose transformation event: " + std::string(why));
}

// The text of a string between its quotes. simdjson has checked all of its form but its escapes, which it looks at
// only when they are read.
bool string_content(ondemand::value value, std::string_view& content, bool& has_escapes) {
  ondemand::json_type type;
  if (value.type().get(type) != simdjson::SUCCESS || type != ondemand::json_type::string) return false;
  const std::string_view token = value.raw_json_token();
  content = token.substr(1, token.rfind('"') - 1);
  has_escapes = content.find('\\') != std::string_view::npos;
  return !has_escapes || value.get_string().error() == simdjson::SUCCESS;
}

simdjson::error_code read_record(ondemand::object object, FirehoseRecord& record, bool& has_id) {
  bool id_has_escapes = false;
  for (auto field : object) {
    std::string_view name;
    if (const auto error = field.unescaped_key().get(name)) return error;
    ondemand::value value;
    if (const auto error = field.value().get(value)) return error;
    if (name == "recordId") has_id = string_content(value, record.id, id_has_escapes);
    if (name == "data") record.has_data = string_content(value, record.data, record.data_has_escapes);
  }
  return simdjson::SUCCESS;
}

simdjson::error_code read_records(ondemand::array array, std::vector<FirehoseRecord>& records,
                                  bool& all_ids) {
  for (auto element : array) {
    ondemand::object object;
    if (const auto error = element.get_object().get(object)) return error;
    FirehoseRecord record;
    bool has_id = false;
    if (const auto error = read_record(object, record, has_id)) return error;
    all_ids &= has_id;
    records.push_back(record);
  }
  return simdjson::SUCCESS;
}

}  // namespace

struct FirehoseEventReader::State {
  ondemand::parser parser;
  simdjson::padded_string copy;  // of an event that has no room behind it
  std::vector<FirehoseRecord> records;

  simdjson::error_code read(const std::string& event, bool& all_ids) {
    records.clear();
    simdjson::padded_string_view text(event.data(), event.size(), event.capacity());
    if (event.capacity() < event.size() + kEventPadding) {
      copy = simdjson::padded_string(event);
      text = copy;
    }
    ondemand::document document;
    if (const auto error = parser.iterate(text).get(document)) return error;
    ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    bool found = false;
    for (auto field : object) {
      std::string_view name;
      if (const auto error = field.unescaped_key().get(name)) return error;
      if (name != "records") continue;
      ondemand::array array;
      if (const auto error = field.value().get_array().get(array)) return error;
      records.clear();
      all_ids = true;
      found = true;
      if (const auto error = read_records(array, records, all_ids)) return error;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return simdjson::TRAILING_CONTENT;
    return found ? simdjson::SUCCESS : simdjson::NO_SUCH_FIELD;
  }
};

FirehoseEventReader::FirehoseEventReader() : state_(std::make_unique<State>()) {}
FirehoseEventReader::FirehoseEventReader(FirehoseEventReader&&) noexcept = default;
FirehoseEventReader::~FirehoseEventReader() = default;

Result<std::span<const FirehoseRecord>> FirehoseEventReader::read(const std::string& event) {
  bool all_ids = true;
  const simdjson::error_code error = state_->read(event, all_ids);
  if (error == simdjson::NO_SUCH_FIELD) return not_an_event("no records");
  if (error != simdjson::SUCCESS) return not_an_event(simdjson::error_message(error));
  if (!all_ids) return not_an_event("a record without recordId");
  return std::span<const FirehoseRecord>(state_->records);
}

Result<void> decode_data(const FirehoseRecord& record, ByteBuffer& out) {
  if (!record.has_data) return Error::invalid("no data");
  std::string_view text = record.data;
  std::string unescaped;
  if (record.data_has_escapes) {
    unescape_json(text, unescaped);
    text = unescaped;
  }
  const Result<size_t> size = decode_base64(text, out.room(base64_decoded_size_max(text.size())));
  if (!size) return Error::invalid("base64: " + size.error().detail);
  out.grow(*size);
  return {};
}

ResponseRoom::ResponseRoom(std::span<const FirehoseRecord> records) : left_(kSizeMax) {
  size_t least = kBegin.size() + kEnd.size();
  for (const FirehoseRecord& record : records) least += kAnswerSize + record.id.size();
  left_ -= std::min(left_, least);
}

bool ResponseRoom::take(size_t size) {
  return take_text(base64_size(size));
}

bool ResponseRoom::take_text(size_t size) {
  if (size > left_) return false;
  left_ -= size;
  return true;
}

std::string write_firehose_response(std::span<const FirehoseRecord> records,
                                    std::span<const FirehoseAnswer> answers, ResponseRoom room) {
  size_t size_max = kBegin.size() + kEnd.size();
  for (size_t i = 0; i < records.size(); ++i) {
    const size_t text = answers[i].result == FirehoseResult::kOk ? base64_size(answers[i].bytes.size())
                                                                 : records[i].data.size();
    size_max += kAnswerSize + records[i].id.size() + text;
  }
  std::string response;
  response.reserve(std::min(size_max, ResponseRoom::kSizeMax));
  response += kBegin;
  for (size_t i = 0; i < records.size(); ++i) {
    response.append(kId).append(records[i].id);
    switch (answers[i].result) {
      case FirehoseResult::kOk: {
        response += kOk;
        const size_t begin = response.size();
        response.resize(begin + base64_size(answers[i].bytes.size()));
        encode_base64(answers[i].bytes, response.data() + begin);
        response += kDataEnd;
        break;
      }
      case FirehoseResult::kDropped:
        response += kDropped;
        break;
      case FirehoseResult::kProcessingFailed:
        if (records[i].has_data && room.take_text(records[i].data.size())) {
          response.append(kFailedWithData).append(records[i].data).append(kDataEnd);
        } else {
          response += kFailed;
        }
        break;
    }
  }
  if (!records.empty()) response.pop_back();  // the last comma
  response += kEnd;
  return response;
}

}  // namespace querymark
