// SPDX-License-Identifier: Apache-2.0
// Our AWS clients at the command of a test: one JSON object a line in, one out. Settings come from the
// environment.
//
//   {"do": "s3_get", "bucket": "b", "key": "k"}   →   {"text": "…", "size": 5, …}   or   {"error": "…",
//   "code": 1}
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "aws/aws_session.h"
#include "aws/digest.h"
#include "aws/dynamodb.h"
#include "aws/dynamodb_reply.h"
#include "aws/dynamodb_request.h"
#include "aws/firehose.h"
#include "aws/s3.h"
#include "aws/sigv4.h"
#include "aws/sns.h"

namespace querymark {
namespace {

using nlohmann::json;

Deadline soon() {
  return Deadline::after(std::chrono::seconds(20));
}

json failed(const Error& error) {
  return {{"error", error.detail}, {"code", static_cast<int>(error.code)}};
}

std::string text(const json& command, const char* name) {
  return command.value(name, "");
}

Item to_item(const json& value) {
  return **read_item_reply(json{{"Item", value}}.dump(), "Item");
}

json from_item(const Item& item) {
  std::string written;
  append_item(written, item);
  return json::parse(written);
}

json from_items(const std::vector<Item>& items) {
  json array = json::array();
  for (const Item& item : items) array.push_back(from_item(item));
  return array;
}

std::vector<Item> to_items(const json& array) {
  std::vector<Item> items;
  for (const json& value : array) items.push_back(to_item(value));
  return items;
}

json sign_request(const json& command) {
  HttpRequest request;
  request.method = text(command, "method");
  request.url = {"https", text(command, "host"), text(command, "path"), text(command, "query")};
  for (const json& header : command["headers"]) request.headers.push_back({header[0], header[1]});
  const std::string payload_hash = command.value("unsigned", false) ? std::string(kUnsignedPayload)
                                                                    : to_hex(sha256(text(command, "body")));
  sign(request, {text(command, "key_id"), text(command, "secret"), text(command, "token")},
       {text(command, "region"), text(command, "service")}, payload_hash,
       parse_iso8601(text(command, "time")).value());
  return {{"authorization", find_header(request.headers, "Authorization")}};
}

json credentials(const json& command) {
  Result<Profiles> profiles = Profiles::load(Environment::of_process());
  if (!profiles) return failed(profiles.error());
  HttpClient http(Environment::of_process());
  const CredentialsSettings settings{Environment::of_process(), *std::move(profiles),
                                     text(command, "profile"), ""};
  const Result<CredentialsSource> source = find_credentials_source(settings, http);
  if (!source) return failed(source.error());
  const Result<Credentials> found = source->fetch(soon());
  if (!found) return failed(found.error());
  return {{"key_id", found->access_key_id},
          {"secret", found->secret_access_key},
          {"token", found->session_token}};
}

json s3(const json& command, AwsSession& session) {
  const Result<S3> client = S3::open(session);
  if (!client) return failed(client.error());
  const std::string what = text(command, "do");
  const std::string bucket = text(command, "bucket");
  const std::string key = text(command, "key");
  if (what == "s3_get") {
    S3Read read{bucket, key, text(command, "version"), command.value("first", uint64_t{0})};
    if (command.contains("last")) read.last = command["last"].get<uint64_t>();
    std::string body;
    const auto sink = [&body](std::string_view bytes) -> Result<void> {
      body += bytes;
      return {};
    };
    const Result<S3ObjectInfo> info = client->get(read, sink, soon());
    if (!info) return failed(info.error());
    return {{"text", body}, {"size", info->size}, {"etag", info->etag}, {"version", info->version_id}};
  }
  if (what == "s3_put") {
    const std::string body = text(command, "text");
    HttpBody sent{std::string_view(body)};
    if (command.value("stream", false)) {
      sent = HttpBody(body.size(), [&body](uint64_t offset, char* out, size_t size) -> Result<size_t> {
        return body.copy(out, size, offset);
      });
    }
    const HttpHeaders headers = {{"Content-Type", "text/plain"}};
    const Result<std::string> etag = client->put(bucket, key, std::move(sent), headers, soon());
    return etag ? json{{"etag", *etag}} : failed(etag.error());
  }
  if (what == "s3_upload") {
    Result<S3Upload> upload = client->begin_upload(bucket, key, {}, soon());
    if (!upload) return failed(upload.error());
    for (const json& size : command["sizes"]) {
      const Result<void> added = upload->add_part(std::string(size.get<size_t>(), 'x'), soon());
      if (!added) return failed(added.error());
    }
    if (command.value("abort", false)) {
      const Result<void> aborted = upload->abort(soon());
      return aborted ? json::object() : failed(aborted.error());
    }
    const Result<std::string> etag = upload->complete(soon());
    return etag ? json{{"etag", *etag}} : failed(etag.error());
  }
  if (what == "s3_list") {
    json keys = json::array();
    const auto take = [&keys](const S3ListedObject& object) -> Result<void> {
      keys.push_back(object.key);
      return {};
    };
    const Result<void> done =
        client->list(bucket, text(command, "prefix"), text(command, "after"), take, soon());
    return done ? json{{"keys", keys}} : failed(done.error());
  }
  const Result<void> removed = client->remove(bucket, key, soon());
  return removed ? json::object() : failed(removed.error());
}

json dynamodb(const json& command, AwsSession& session) {
  const Result<DynamoDb> client = DynamoDb::open(session);
  if (!client) return failed(client.error());
  const std::string what = text(command, "do");
  const std::string table = text(command, "table");
  Expression expression{text(command, "update"),
                        text(command, "condition"),
                        command.value("names", std::map<std::string, std::string>()),
                        {}};
  if (command.contains("values")) expression.values = to_item(command["values"]);
  const auto found = [](const Result<std::optional<Item>>& item) -> json {
    if (!item) return failed(item.error());
    return {{"item", *item ? from_item(**item) : json()}};
  };
  if (what == "dynamodb_get")
    return found(client->get_item(table, to_item(command["key"]), {{}, true}, soon()));
  if (what == "dynamodb_put") {
    const Result<void> done = client->put_item(table, to_item(command["item"]), expression, soon());
    return done ? json::object() : failed(done.error());
  }
  if (what == "dynamodb_update") {
    return found(
        client->update_item(table, to_item(command["key"]), expression, ReturnValues::kAllNew, soon()));
  }
  if (what == "dynamodb_delete") {
    return found(client->delete_item(table, to_item(command["key"]), expression, soon()));
  }
  if (what == "dynamodb_batch_get") {
    const BatchGetOutcome outcome =
        client->batch_get_items(table, to_items(command["keys"]),
                                {command.value("attributes", std::vector<std::string>()), false}, soon());
    if (outcome.error) return failed(*outcome.error);
    return {{"items", from_items(outcome.items)}, {"requests", outcome.requests}};
  }
  if (what == "dynamodb_batch_write") {
    std::vector<ItemWrite> writes;
    for (Item& item : to_items(command["puts"])) writes.push_back({ItemWrite::Kind::kPut, std::move(item)});
    for (Item& item : to_items(command["deletes"]))
      writes.push_back({ItemWrite::Kind::kDelete, std::move(item)});
    const BatchWriteOutcome outcome = client->batch_write_items(table, writes, soon());
    return outcome.error ? failed(*outcome.error) : json{{"requests", outcome.requests}};
  }
  if (what == "dynamodb_scan") {
    ScanOptions options;
    options.page_items_max = command.value("page", size_t{1000});
    json items = json::array();
    size_t pages = 0;
    const auto take = [&](const std::vector<Item>& page) -> Result<void> {
      ++pages;
      for (const Item& item : page) items.push_back(from_item(item));
      return {};
    };
    const Result<void> done = client->scan(table, options, take, soon());
    return done ? json{{"items", items}, {"pages", pages}} : failed(done.error());
  }
  const Result<TableDescription> description = client->describe_table(table, soon());
  if (!description) return failed(description.error());
  json key = json::array();
  for (const KeyAttribute& attribute : description->key) key.push_back({attribute.name, attribute.type});
  return {{"status", description->status}, {"key", key}};
}

template <typename Outcome>
json from_outcome(const Outcome& outcome) {
  json failures = json::array();
  for (const auto& failure : outcome.failures) failures.push_back({failure.index, failure.error.detail});
  return {{"failures", failures}, {"requests", outcome.requests}};
}

json sns(const json& command, AwsSession& session) {
  const Result<Sns> client = Sns::open(session, text(command, "topic"));
  if (!client) return failed(client.error());
  std::vector<SnsMessage> messages;
  for (const json& message : command["messages"]) {
    messages.push_back({text(message, "subject"), text(message, "message"),
                        message.value("attributes", std::map<std::string, std::string>())});
  }
  if (text(command, "do") == "sns_publish_all") return from_outcome(client->publish_all(messages, soon()));
  const Result<std::string> id = client->publish(messages.at(0), soon());
  return id ? json{{"id", *id}} : failed(id.error());
}

json firehose(const json& command, AwsSession& session) {
  const Result<Firehose> client = Firehose::open(session);
  if (!client) return failed(client.error());
  const auto records = command["records"].get<std::vector<std::string>>();
  const std::vector<std::string_view> views(records.begin(), records.end());
  return from_outcome(client->put_records(text(command, "stream"), views, soon()));
}

json obey(const json& command, const Result<std::unique_ptr<AwsSession>>& session) {
  const std::string what = text(command, "do");
  if (what == "sign") return sign_request(command);
  if (what == "credentials") return credentials(command);
  if (!session) return failed(session.error());
  if (what.starts_with("s3_")) return s3(command, **session);
  if (what.starts_with("dynamodb_")) return dynamodb(command, **session);
  if (what.starts_with("sns_")) return sns(command, **session);
  if (what.starts_with("firehose_")) return firehose(command, **session);
  return {{"error", "unknown command " + what}};
}

}  // namespace
}  // namespace querymark

int main() {
  const auto session = querymark::AwsSession::open(querymark::Environment::of_process());
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << querymark::obey(nlohmann::json::parse(line), session).dump() << std::endl;
  }
  return 0;
}
