// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/dynamodb.h"
#include "aws/environment.h"
#include "aws/lambda.h"
#include "aws/s3.h"
#include "lambda/import_event.h"
#include "lambda/object_import.h"
#include "lambda/runtime.h"

// The Lambda function import_interesting_domains: lists that are uploaded to a bucket go into the DynamoDB
// table of interesting domains.
//
//   INTERESTING_DOMAINS_TABLE=interesting-domains-table  KEEP=registered|listed  LIST_FORMAT=auto|hosts|…
//   RECEIPT_PREFIX=receipts/
//
// Each object of an event is imported whole, into the list named as its key's last part. Near its deadline
// the function hands what is left to a fresh invocation of itself, so that no list is too large for it. What
// was left out and why goes below RECEIPT_PREFIX in the same bucket, as NDJSON (import_receipt.h), what
// became of each object to the log. Objects below RECEIPT_PREFIX are none of its lists. An object that cannot
// be imported does not keep the event's others from it; the invocation fails in the end, and Lambda tries it
// twice again: whatever was written before, importing again comes to the same end.
namespace querymark {

struct ImportFunctionSettings {
  std::string table;
  EntryKeep keep = EntryKeep::kRegistered;
  ListFormat format = ListFormat::kAuto;
  std::string receipt_prefix;  // empty: no receipts
};

// kInvalid names the variable.
Result<ImportFunctionSettings> read_import_settings(const Environment& environment);

class ImportFunction {
 public:
  struct Clients {
    const S3& s3;
    const DynamoDb& dynamodb;
    const Lambda& lambda;
  };
  using Log = std::function<void(std::string_view line)>;

  ImportFunction(ImportFunctionSettings settings, const Clients& clients, Log log)
      : settings_(std::move(settings)), clients_(clients), log_(std::move(log)) {}

  // Gives {"lists":[…]}: what became of those that this invocation came to the end of.
  Result<std::string> handle(const Invocation& invocation);

 private:
  struct Run;
  Result<bool> import_one(Run& run, ImportTask& task);
  void put_receipt(const Run& run, const ImportTask& task, const ImportReceipt& receipt);
  Result<void> go_on_later(const Run& run, std::span<const ImportTask> tasks);

  ImportFunctionSettings settings_;
  Clients clients_;
  Log log_;
};

}  // namespace querymark
