// SPDX-License-Identifier: Apache-2.0
#include "aws/sns.h"

#include <algorithm>
#include <utility>

#include "aws/json_text.h"
#include "aws/query_protocol.h"
#include "aws/sns_reply.h"
#include "aws/xml_reader.h"

namespace querymark {
namespace {

constexpr std::string_view kStringType = "String";
constexpr std::string_view kListType = "String.Array";

// "arn:aws:sns:eu-west-1:123456789012:name" → "eu-west-1"; empty for what is no topic.
std::string_view region_of_topic(std::string_view arn) {
  const size_t sns = arn.find(":sns:");
  if (!arn.starts_with("arn:") || sns == std::string_view::npos) return {};
  const std::string_view rest = arn.substr(sns + 5);
  const std::string_view region = rest.substr(0, rest.find(':'));
  const bool has_name = std::count(rest.begin(), rest.end(), ':') == 2 && !rest.ends_with(':');
  return has_name && is_region_name(region) ? region : std::string_view();
}

std::string json_array(const std::vector<std::string>& list) {
  std::string text = "[";
  for (const std::string& element : list) {
    if (&element != list.data()) text += ',';
    append_json_string(text, element);
  }
  return text + "]";
}

// `prefix`: "" or "PublishBatchRequestEntries.member.1.".
void append_message(QueryParameters& parameters, const std::string& prefix, const SnsMessage& message) {
  parameters.emplace_back(prefix + "Message", message.message);
  if (!message.subject.empty()) parameters.emplace_back(prefix + "Subject", message.subject);
  if (!message.group_id.empty()) parameters.emplace_back(prefix + "MessageGroupId", message.group_id);
  if (!message.deduplication_id.empty()) {
    parameters.emplace_back(prefix + "MessageDeduplicationId", message.deduplication_id);
  }
  size_t number = 0;
  const auto append_attribute = [&](const std::string& name, std::string_view type,
                                    const std::string& value) {
    const std::string entry = prefix + "MessageAttributes.entry." + std::to_string(++number) + ".";
    parameters.emplace_back(entry + "Name", name);
    parameters.emplace_back(entry + "Value.DataType", type);
    parameters.emplace_back(entry + "Value.StringValue", value);
  };
  for (const auto& [name, value] : message.attributes) append_attribute(name, kStringType, value);
  for (const auto& [name, list] : message.list_attributes)
    append_attribute(name, kListType, json_array(list));
}

std::optional<Error> check_message(const SnsMessage& message) {
  if (message.message.empty()) return Error::invalid("SNS: empty message");
  if (!is_utf8(message.message)) return Error::invalid("SNS: message that is not UTF-8");
  if (message.size() > kSnsMessageSizeMax) {
    return Error::limit("SNS: message of " + std::to_string(message.size()) + " bytes");
  }
  return std::nullopt;
}

// How many of `pending`, from the front, make one batch.
size_t batch_size(std::span<const SnsMessage> messages, std::span<const size_t> pending) {
  size_t count = 0;
  for (size_t bytes = 0; count < std::min(pending.size(), kSnsBatchMax); ++count) {
    bytes += messages[pending[count]].size();
    if (bytes > kSnsMessageSizeMax) break;
  }
  return count;
}

// Nothing where the entry was taken; kBusy where it may be, sent again.
std::optional<Error> failure_of(const SnsBatchReply& reply, const std::string& id) {
  for (const SnsBatchReply::Failed& entry : reply.failed) {
    if (entry.id != id) continue;
    return Error{entry.sender_fault ? Errc::kInvalid : Errc::kBusy,
                 "SNS PublishBatch: " + entry.code + ": " + entry.message};
  }
  if (std::find(reply.successful.begin(), reply.successful.end(), id) != reply.successful.end())
    return std::nullopt;
  return Error{Errc::kBusy, "SNS PublishBatch: no answer about this message"};
}

}  // namespace

size_t SnsMessage::size() const {
  size_t total = message.size();
  for (const auto& [name, value] : attributes) total += name.size() + kStringType.size() + value.size();
  for (const auto& [name, list] : list_attributes)
    total += name.size() + kListType.size() + json_array(list).size();
  return total;
}

std::string sns_subject(std::string_view text) {
  std::string subject;
  for (const char c : text) {
    if (subject.size() == kSnsSubjectSizeMax) break;
    if (subject.empty() && c == ' ') continue;
    subject += c >= ' ' && c <= '~' ? c : '?';
  }
  return subject;
}

Result<Sns> Sns::open(AwsSession& session, std::string_view topic_arn, RetryPolicy policy) {
  const std::string_view region = region_of_topic(topic_arn);
  if (region.empty())
    return Error::invalid("not the ARN of an SNS topic: " + std::string(topic_arn.substr(0, 300)));
  Result<AwsService> service = session.service("sns", policy, region);
  if (!service) return service.error();
  return Sns(*std::move(service), topic_arn);
}

Result<HttpResponse> Sns::call(std::string_view action, const std::string& body, Deadline deadline,
                               const std::function<Result<void>(const HttpResponse&)>& check) const {
  const std::string operation = "SNS " + std::string(action);
  AwsCall call;
  call.operation = operation;
  call.request.method = "POST";
  call.request.url = service_.endpoint().url;
  call.request.headers = {{"Content-Type", std::string(kQueryContentType)}};
  call.request.body = std::string_view(body);
  call.read_error = read_xml_error;
  call.check = check;
  return service_.call(std::move(call), deadline);
}

Result<std::string> Sns::publish(const SnsMessage& message, Deadline deadline) const {
  if (const std::optional<Error> wrong = check_message(message)) return *wrong;
  QueryParameters parameters = {{"Action", "Publish"}, {"Version", "2010-03-31"}, {"TopicArn", topic_arn_}};
  append_message(parameters, "", message);
  std::string id;
  const Result<HttpResponse> response =
      call("Publish", query_body(parameters), deadline, [&id](const HttpResponse& reply) -> Result<void> {
        Result<std::string> read = read_publish_reply(reply.body);
        if (!read) return Error{Errc::kBusy, read.error().detail};
        id = *std::move(read);
        return {};
      });
  if (!response) return response.error();
  return id;
}

SendOutcome Sns::publish_all(std::span<const SnsMessage> messages, Deadline deadline) const {
  SendOutcome outcome;
  std::vector<size_t> pending;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (std::optional<Error> wrong = check_message(messages[i])) {
      outcome.failures.push_back({i, *std::move(wrong)});
    } else {
      pending.push_back(i);
    }
  }

  const auto next_batch = [&](std::span<const size_t> rest) { return batch_size(messages, rest); };
  const auto send = [&](std::span<const size_t> batch) -> Result<std::vector<SendFailure>> {
    QueryParameters parameters = {
        {"Action", "PublishBatch"}, {"Version", "2010-03-31"}, {"TopicArn", topic_arn_}};
    for (size_t i = 0; i < batch.size(); ++i) {
      const std::string prefix = "PublishBatchRequestEntries.member." + std::to_string(i + 1) + ".";
      parameters.emplace_back(prefix + "Id", std::to_string(batch[i]));
      append_message(parameters, prefix, messages[batch[i]]);
    }
    SnsBatchReply reply;
    const Result<HttpResponse> response = call(
        "PublishBatch", query_body(parameters), deadline, [&reply](const HttpResponse& got) -> Result<void> {
          Result<SnsBatchReply> read = read_publish_batch_reply(got.body);
          if (!read) return Error{Errc::kBusy, read.error().detail};
          reply = *std::move(read);
          return {};
        });
    if (!response) return response.error();
    std::vector<SendFailure> failures;
    for (const size_t index : batch) {
      if (std::optional<Error> failed = failure_of(reply, std::to_string(index)))
        failures.push_back({index, *std::move(failed)});
    }
    return failures;
  };
  send_in_batches(std::move(pending), service_.policy(), deadline, next_batch, send, outcome);
  return outcome;
}

}  // namespace querymark
