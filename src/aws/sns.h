// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_service.h"
#include "aws/aws_session.h"
#include "aws/batch_sender.h"

// SNS: messages to a topic, one by one or many at once.
//
//   Result<Sns> sns = Sns::open(*session, "arn:aws:sns:eu-west-1:123456789012:matches");
//   sns->publish({.subject = "Route 53 Query Log Matched", .message = record}, deadline);
//
// A topic lives in the region that its ARN says. A message that was sent again because the answer got lost
// arrives twice. Threads may share one object.
namespace querymark {

inline constexpr size_t kSnsMessageSizeMax =
    262144;  // bytes of message and attributes, of a batch all together
inline constexpr size_t kSnsBatchMax = 10;
inline constexpr size_t kSnsSubjectSizeMax = 99;

// For filter policies; of both kinds together at most 10 reach a queue that takes messages raw.
struct SnsMessage {
  std::string subject{};                            // ASCII, without line breaks; empty: none
  std::string message;                              // UTF-8, not empty
  std::map<std::string, std::string> attributes{};  // of type String; none with an empty value
  std::map<std::string, std::vector<std::string>> list_attributes{};  // of type String.Array
  std::string group_id{};                                             // of a FIFO topic
  std::string deduplication_id{};

  // What counts towards kSnsMessageSizeMax.
  size_t size() const;
};

// What SNS cannot take, made so that it can: other than printable ASCII becomes "?", the rest is cut.
std::string sns_subject(std::string_view text);

class Sns {
 public:
  // kInvalid where `topic_arn` is none.
  static Result<Sns> open(AwsSession& session, std::string_view topic_arn,
                          RetryPolicy policy = kOtherRetries);

  // Gives the message's id. kLimit, before anything is sent, for one that is too large.
  Result<std::string> publish(const SnsMessage& message, Deadline deadline) const;

  // Any number of messages, as few requests as their sizes allow. What failed through no fault of the message
  // is sent again.
  SendOutcome publish_all(std::span<const SnsMessage> messages, Deadline deadline) const;

 private:
  Sns(AwsService service, std::string_view topic_arn) : service_(std::move(service)), topic_arn_(topic_arn) {}
  Result<HttpResponse> call(std::string_view action, const std::string& body, Deadline deadline,
                            const std::function<Result<void>(const HttpResponse&)>& check) const;

  AwsService service_;
  std::string topic_arn_;
};

}  // namespace querymark
