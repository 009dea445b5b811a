// SPDX-License-Identifier: Apache-2.0
#include "aws/firehose.h"

#include <algorithm>
#include <utility>

#include "aws/digest.h"
#include "aws/firehose_reply.h"
#include "aws/json_text.h"

namespace querymark {
namespace {

size_t batch_size(std::span<const std::string_view> records, std::span<const size_t> pending) {
  size_t count = 0;
  for (size_t bytes = 0; count < std::min(pending.size(), kFirehoseBatchRecordsMax); ++count) {
    bytes += records[pending[count]].size();
    if (bytes > kFirehoseBatchSizeMax) break;
  }
  return count;
}

std::string put_record_batch_body(std::string_view stream, std::span<const std::string_view> records,
                                  std::span<const size_t> batch) {
  std::string body = "{\"DeliveryStreamName\":";
  append_json_string(body, stream);
  body += ",\"Records\":[";
  for (const size_t index : batch) {
    if (index != batch.front()) body += ',';
    body.append("{\"Data\":\"").append(to_base64(records[index])).append("\"}");
  }
  body += "]}";
  return body;
}

}  // namespace

Result<Firehose> Firehose::open(AwsSession& session, RetryPolicy policy) {
  Result<AwsService> service = session.service("firehose", policy);
  if (!service) return service.error();
  return Firehose(*std::move(service));
}

SendOutcome Firehose::put_records(std::string_view stream, std::span<const std::string_view> records,
                                  Deadline deadline) const {
  SendOutcome outcome;
  std::vector<size_t> pending;
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].size() > kFirehoseRecordSizeMax) {
      outcome.failures.push_back(
          {i, Error::limit("Firehose: record of " + std::to_string(records[i].size()) + " bytes")});
    } else {
      pending.push_back(i);
    }
  }

  const auto next_batch = [&](std::span<const size_t> rest) { return batch_size(records, rest); };
  const auto send = [&](std::span<const size_t> batch) -> Result<std::vector<SendFailure>> {
    const std::string body = put_record_batch_body(stream, records, batch);
    std::vector<FirehoseRecordResult> results;
    AwsCall call;
    call.operation = "Firehose PutRecordBatch";
    call.request.method = "POST";
    call.request.url = service_.endpoint().url;
    call.request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                            {"X-Amz-Target", "Firehose_20150804.PutRecordBatch"}};
    call.request.body = std::string_view(body);
    call.check = [&](const HttpResponse& response) -> Result<void> {
      Result<std::vector<FirehoseRecordResult>> read =
          read_put_record_batch_reply(response.body, batch.size());
      if (!read) return Error{Errc::kBusy, read.error().detail};
      results = *std::move(read);
      return {};
    };
    const Result<HttpResponse> response = service_.call(std::move(call), deadline);
    if (!response) return response.error();
    std::vector<SendFailure> failures;
    for (size_t i = 0; i < batch.size(); ++i) {
      if (results[i].error_code.empty()) continue;
      failures.push_back({batch[i], Error{Errc::kBusy, "Firehose PutRecordBatch: " + results[i].error_code +
                                                           ": " + results[i].error_message}});
    }
    return failures;
  };
  send_in_batches(std::move(pending), service_.policy(), deadline, next_batch, send, outcome);
  return outcome;
}

}  // namespace querymark
