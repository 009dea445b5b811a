// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_service.h"
#include "aws/aws_session.h"
#include "aws/batch_sender.h"

// Firehose as a sender sees it: records into a delivery stream, by PutRecordBatch.
//
//   Result<Firehose> firehose = Firehose::open(*session);
//   SendOutcome outcome = firehose->put_records("dns-logs", records, deadline);
//
// A batch that is answered with 200 may hold records that were not taken: those alone are sent again. A
// record that was sent again because an answer got lost arrives twice. Threads may share one object.
namespace querymark {

inline constexpr size_t kFirehoseRecordSizeMax = 1024000;  // before base64
inline constexpr size_t kFirehoseBatchRecordsMax = 500;
// AWS allows 4 MiB and does not say whether of base64; near it batches have been refused.
inline constexpr size_t kFirehoseBatchSizeMax = size_t{3} << 20;
static_assert(kFirehoseRecordSizeMax <= kFirehoseBatchSizeMax);

class Firehose {
 public:
  static Result<Firehose> open(AwsSession& session, RetryPolicy policy = kOtherRetries);

  // Any number of records, as few requests as their sizes allow. The order within the stream is Firehose's.
  SendOutcome put_records(std::string_view stream, std::span<const std::string_view> records,
                          Deadline deadline) const;

 private:
  explicit Firehose(AwsService service) : service_(std::move(service)) {}
  AwsService service_;
};

}  // namespace querymark
