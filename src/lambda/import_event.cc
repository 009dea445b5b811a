// SPDX-License-Identifier: Apache-2.0
#include "lambda/import_event.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "aws/uri_encoding.h"

namespace querymark {
namespace {

using Json = nlohmann::json;

constexpr const char* kTasks = "querymarkImportTasks";

// The member, or null, of whatever it is.
const Json& member(const Json& json, const char* name) {
  static const Json null;
  if (!json.is_object()) return null;
  const auto found = json.find(name);
  return found == json.end() ? null : *found;
}

std::string text_of(const Json& json, const char* name) {
  const Json& value = member(json, name);
  return value.is_string() ? value.get<std::string>() : "";
}

uint64_t number_of(const Json& json, const char* name) {
  const Json& value = member(json, name);
  return value.is_number_unsigned() ? value.get<uint64_t>() : 0;
}

struct CreatedObject {
  ImportTask task;
  std::string sequencer;  // hexadecimal; the shorter one is filled up with zeros at its end
};

bool is_before(const CreatedObject& a, const CreatedObject& b) {
  const auto place = [](const CreatedObject& object) {
    return std::tie(object.task.bucket, object.task.key);
  };
  if (place(a) != place(b)) return place(a) < place(b);
  std::string sequencer_a = a.sequencer;
  std::string sequencer_b = b.sequencer;
  const size_t size = std::max(sequencer_a.size(), sequencer_b.size());
  sequencer_a.resize(size, '0');
  sequencer_b.resize(size, '0');
  return sequencer_a < sequencer_b;
}

Result<std::vector<ImportTask>> read_records(const Json& records) {
  std::vector<CreatedObject> objects;
  for (const Json& record : records) {
    if (text_of(record, "eventSource") != "aws:s3" || !text_of(record, "eventVersion").starts_with("2."))
      return Error::invalid("the event has a record that is not of S3, version 2");
    if (!text_of(record, "eventName").starts_with("ObjectCreated:")) continue;
    const Json& s3 = member(record, "s3");
    const Json& object = member(s3, "object");
    CreatedObject created;
    created.task.bucket = text_of(member(s3, "bucket"), "name");
    created.task.key = form_decode(text_of(object, "key"));
    if (created.task.bucket.empty() || created.task.key.empty())
      return Error::invalid("the event has a record without bucket or key");
    created.task.version_id = text_of(object, "versionId");
    const std::string etag = text_of(object, "eTag");
    if (!etag.empty()) created.task.etag = "\"" + etag + "\"";
    created.sequencer = text_of(object, "sequencer");
    objects.push_back(std::move(created));
  }
  std::stable_sort(objects.begin(), objects.end(), is_before);
  std::vector<ImportTask> tasks;
  for (CreatedObject& object : objects) {
    if (tasks.empty() || !(tasks.back() == object.task)) tasks.push_back(std::move(object.task));
  }
  return tasks;
}

Result<std::vector<ImportTask>> read_tasks(const Json& array) {
  std::vector<ImportTask> tasks;
  for (const Json& json : array) {
    ImportTask task;
    task.bucket = text_of(json, "bucket");
    task.key = text_of(json, "key");
    task.version_id = text_of(json, "versionId");
    task.etag = text_of(json, "etag");
    task.started = static_cast<int64_t>(number_of(json, "started"));
    task.entries_done = number_of(json, "entriesDone");
    task.counts.added = number_of(json, "added");
    task.counts.already_there = number_of(json, "alreadyThere");
    task.counts.repeated = number_of(json, "repeated");
    if (task.bucket.empty() || task.key.empty())
      return Error::invalid("the event has a task without bucket or key");
    tasks.push_back(std::move(task));
  }
  return tasks;
}

}  // namespace

Result<std::vector<ImportTask>> read_import_event(std::string_view event) {
  const Json json = Json::parse(event, nullptr, false);
  if (json.is_discarded()) return Error::invalid("the event is not JSON");
  if (const Json& tasks = member(json, kTasks); tasks.is_array()) return read_tasks(tasks);
  if (const Json& records = member(json, "Records"); records.is_array()) return read_records(records);
  if (text_of(json, "Event") == "s3:TestEvent") return std::vector<ImportTask>();
  return Error::invalid("the event has no Records: it is not of S3");
}

std::string write_import_event(std::span<const ImportTask> tasks) {
  Json array = Json::array();
  for (const ImportTask& task : tasks) {
    array.push_back({{"bucket", task.bucket},
                     {"key", task.key},
                     {"versionId", task.version_id},
                     {"etag", task.etag},
                     {"started", static_cast<uint64_t>(task.started)},
                     {"entriesDone", task.entries_done},
                     {"added", task.counts.added},
                     {"alreadyThere", task.counts.already_there},
                     {"repeated", task.counts.repeated}});
  }
  return Json{{kTasks, std::move(array)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace querymark
