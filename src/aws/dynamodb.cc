// SPDX-License-Identifier: Apache-2.0
#include "aws/dynamodb.h"

#include <algorithm>
#include <charconv>

#include "aws/digest.h"
#include "aws/dynamodb_reply.h"
#include "aws/dynamodb_request.h"
#include "aws/json_text.h"
#include "base/backoff.h"

namespace querymark {
namespace {

// 16 MB of items at most, as JSON.
constexpr size_t kReplySizeMax = size_t{64} << 20;

Result<void> check_crc(const HttpResponse& response) {
  const std::string_view header = response.header("x-amz-crc32");
  if (header.empty()) return {};
  uint32_t expected = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), expected);
  if (error != std::errc() || end != header.data() + header.size() || expected != crc32(response.body)) {
    return Error{Errc::kBusy, "reply damaged: its CRC-32 is another than it says"};
  }
  return {};
}

// The work of the two batch operations: batches are taken from the end of `pending`, and what is left over
// put back, while not more than RetryPolicy::attempts_max requests in a row get nothing done.
template <typename Element, typename Ask>
std::optional<Error> drain(std::vector<Element>& pending, size_t batch_size, const RetryPolicy& policy,
                           Deadline deadline, const Ask& ask) {
  Backoff backoff(policy.pause_base, policy.pause_max);
  int stalled = 0;
  while (!pending.empty()) {
    const size_t size = std::min(batch_size, pending.size());
    Result<std::vector<Element>> left = ask(std::span<const Element>(pending).last(size));
    if (!left) return left.error();
    pending.resize(pending.size() - size);
    std::move(left->begin(), left->end(), std::back_inserter(pending));
    if (left->empty()) continue;
    const bool progress = left->size() < size;
    if (progress) backoff.reset();
    stalled = progress ? 0 : stalled + 1;
    if (stalled == policy.attempts_max || !backoff.wait(deadline)) {
      return Error{Errc::kBusy, "DynamoDB left " + std::to_string(pending.size()) + " over, again and again"};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<DynamoDb> DynamoDb::open(AwsSession& session, RetryPolicy policy) {
  Result<AwsService> service = session.service("dynamodb", policy);
  if (!service) return service.error();
  return DynamoDb(*std::move(service));
}

Result<void> DynamoDb::call(std::string_view action, const std::string& body, Deadline deadline,
                            const std::function<Result<void>(std::string_view)>& read) const {
  const std::string operation = "DynamoDB " + std::string(action);
  if (!is_utf8(body)) return Error::invalid(operation + ": text that is not UTF-8");
  AwsCall call;
  call.operation = operation;
  call.request.method = "POST";
  call.request.url = service_.endpoint().url;
  call.request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                          {"X-Amz-Target", "DynamoDB_20120810." + std::string(action)},
                          {"Accept-Encoding", "identity"}};
  call.request.body = std::string_view(body);
  call.options.body_size_max = kReplySizeMax;
  call.check = [&read](const HttpResponse& response) -> Result<void> {
    Result<void> intact = check_crc(response);
    if (!intact) return intact;
    const Result<void> done = read(response.body);
    if (!done) return Error{Errc::kBusy, done.error().detail};
    return {};
  };
  const Result<HttpResponse> response = service_.call(std::move(call), deadline);
  if (!response) return response.error();
  return {};
}

Result<std::optional<Item>> DynamoDb::get_item(std::string_view table, const Item& key,
                                               const ReadOptions& options, Deadline deadline) const {
  std::optional<Item> item;
  const Result<void> done = call("GetItem", get_item_body(table, key, options), deadline,
                                 [&item](std::string_view body) -> Result<void> {
                                   Result<std::optional<Item>> reply = read_item_reply(body, "Item");
                                   if (!reply) return reply.error();
                                   item = *std::move(reply);
                                   return {};
                                 });
  if (!done) return done.error();
  return item;
}

BatchGetOutcome DynamoDb::batch_get_items(std::string_view table, std::span<const Item> keys,
                                          const ReadOptions& options, Deadline deadline) const {
  BatchGetOutcome outcome;
  outcome.unprocessed.assign(keys.begin(), keys.end());
  const auto ask = [&](std::span<const Item> batch) -> Result<std::vector<Item>> {
    BatchGetReply reply;
    ++outcome.requests;
    const Result<void> done = call("BatchGetItem", batch_get_body(table, batch, options), deadline,
                                   [&](std::string_view body) -> Result<void> {
                                     Result<BatchGetReply> read = read_batch_get_reply(body, table);
                                     if (!read) return read.error();
                                     reply = *std::move(read);
                                     return {};
                                   });
    if (!done) return done.error();
    std::move(reply.items.begin(), reply.items.end(), std::back_inserter(outcome.items));
    return std::move(reply.unprocessed);
  };
  outcome.error = drain(outcome.unprocessed, kBatchGetKeysMax, service_.policy(), deadline, ask);
  return outcome;
}

BatchWriteOutcome DynamoDb::batch_write_items(std::string_view table, std::span<const ItemWrite> writes,
                                              Deadline deadline) const {
  BatchWriteOutcome outcome;
  outcome.unprocessed.assign(writes.begin(), writes.end());
  const auto ask = [&](std::span<const ItemWrite> batch) -> Result<std::vector<ItemWrite>> {
    std::vector<ItemWrite> left;
    ++outcome.requests;
    const Result<void> done = call("BatchWriteItem", batch_write_body(table, batch), deadline,
                                   [&](std::string_view body) -> Result<void> {
                                     Result<std::vector<ItemWrite>> read =
                                         read_batch_write_reply(body, table);
                                     if (!read) return read.error();
                                     left = *std::move(read);
                                     return {};
                                   });
    if (!done) return done.error();
    return left;
  };
  outcome.error = drain(outcome.unprocessed, kBatchWriteItemsMax, service_.policy(), deadline, ask);
  return outcome;
}

Result<void> DynamoDb::put_item(std::string_view table, const Item& item, const Expression& expression,
                                Deadline deadline) const {
  return call("PutItem", put_item_body(table, item, expression), deadline,
              [](std::string_view body) -> Result<void> {
                const Result<std::optional<Item>> reply = read_item_reply(body, "Attributes");
                if (!reply) return reply.error();
                return {};
              });
}

static Result<void> read_attributes(std::string_view body, std::optional<Item>& item) {
  Result<std::optional<Item>> reply = read_item_reply(body, "Attributes");
  if (!reply) return reply.error();
  item = *std::move(reply);
  return {};
}

Result<std::optional<Item>> DynamoDb::update_item(std::string_view table, const Item& key,
                                                  const Expression& expression, ReturnValues values,
                                                  Deadline deadline) const {
  std::optional<Item> item;
  const Result<void> done = call("UpdateItem", update_item_body(table, key, expression, values), deadline,
                                 [&item](std::string_view body) { return read_attributes(body, item); });
  if (!done) return done.error();
  return item;
}

Result<std::optional<Item>> DynamoDb::delete_item(std::string_view table, const Item& key,
                                                  const Expression& expression, Deadline deadline) const {
  std::optional<Item> item;
  const Result<void> done = call("DeleteItem", delete_item_body(table, key, expression), deadline,
                                 [&item](std::string_view body) { return read_attributes(body, item); });
  if (!done) return done.error();
  return item;
}

Result<void> DynamoDb::scan(std::string_view table, const ScanOptions& options, const OnPage& on_page,
                            Deadline deadline) const {
  Item after;
  do {
    ScanPage page;
    Result<void> done = call("Scan", scan_body(table, options, after), deadline,
                             [&page](std::string_view body) -> Result<void> {
                               Result<ScanPage> read = read_scan_reply(body);
                               if (!read) return read.error();
                               page = *std::move(read);
                               return {};
                             });
    if (!done) return done;
    Result<void> taken = on_page(std::move(page.items));
    if (!taken) return taken;
    after = std::move(page.last_key);
  } while (!after.empty());
  return {};
}

Result<TableDescription> DynamoDb::describe_table(std::string_view table, Deadline deadline) const {
  TableDescription description;
  const Result<void> done = call("DescribeTable", describe_table_body(table), deadline,
                                 [&description](std::string_view body) -> Result<void> {
                                   Result<TableDescription> read = read_describe_table_reply(body);
                                   if (!read) return read.error();
                                   description = *std::move(read);
                                   return {};
                                 });
  if (!done) return done.error();
  return description;
}

}  // namespace querymark
