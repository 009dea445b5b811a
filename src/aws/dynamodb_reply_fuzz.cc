// SPDX-License-Identifier: Apache-2.0
// The JSON of replies: DynamoDB's, Firehose's, errors, and credentials. An item that was read is written down
// and read again: the same.
#include <cstdint>
#include <cstdlib>

#include "aws/aws_error.h"
#include "aws/credentials_json.h"
#include "aws/dynamodb_reply.h"
#include "aws/dynamodb_request.h"
#include "aws/firehose_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using querymark::Item;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto item = querymark::read_item_reply(text, "Item");
  if (item && *item) {
    std::string body = "{\"Item\":";
    querymark::append_item(body, **item);
    body += '}';
    const auto again = querymark::read_item_reply(body, "Item");
    if (!again || **again != **item) std::abort();
  }
  (void)querymark::read_batch_get_reply(text, "t");
  (void)querymark::read_batch_write_reply(text, "t");
  (void)querymark::read_scan_reply(text);
  (void)querymark::read_describe_table_reply(text);
  (void)querymark::read_put_record_batch_reply(text, 1);
  (void)querymark::read_json_error({400, {}, std::string(text)});
  (void)querymark::parse_credentials_json(text, "fuzz");
  return 0;
}
