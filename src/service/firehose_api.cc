// SPDX-License-Identifier: Apache-2.0
#include "service/firehose_api.h"

#include <nlohmann/json.hpp>

#include "aws/digest.h"
#include "codec/base64.h"
#include "codec/put_request.h"
#include "delivery/object_name.h"
#include "service/request_signature.h"

namespace querymark {
namespace {

constexpr std::string_view kTargetPrefix = "Firehose_20150804.";
constexpr const char* kContentType = "application/x-amz-json-1.1";
constexpr const char* kAccount = "000000000000";
// What marked records of one request may take; past it a batch's other records are to be sent again.
constexpr uint64_t kMarkedSizeMax = uint64_t{16} << 20;
constexpr size_t kSmallBodySizeMax = size_t{16} << 10;

HttpReply api_reply(int status, std::string body) {
  return {.status = status,
          .content_type = kContentType,
          .body = std::move(body),
          .headers = {{"x-amzn-RequestId", new_uuid()}}};
}

HttpReply error_reply(const ApiError& error) {
  HttpReply reply =
      api_reply(error.status, nlohmann::json{{"__type", error.type}, {"message", error.message}}.dump(
                                  -1, ' ', false, nlohmann::json::error_handler_t::replace));
  reply.headers.push_back({"x-amzn-ErrorType", error.type});
  return reply;
}

ApiError validation(std::string message) {
  return {400, "ValidationException", "1 validation error detected: " + std::move(message)};
}

ApiError unavailable(const std::string& why) {
  return {503, "ServiceUnavailableException", "Slow down: " + why};
}

// What base64 of this length stands for at most; exact without the padding's two bytes.
size_t decoded_size(std::string_view base64) {
  size_t size = base64_decoded_size_max(base64.size());
  while (size > 0 && base64.ends_with('=')) {
    base64.remove_suffix(1);
    --size;
  }
  return size;
}

class FirehoseApiHandler final : public HttpHandler {
 public:
  FirehoseApiHandler(HttpHead head, const FirehoseStream& stream, const AccessKeys& keys, Ingest& ingest,
                     MemoryBudget& budget)
      : head_(std::move(head)), stream_(stream), keys_(keys), ingest_(ingest), marked_reservation_(budget) {}

  uint64_t body_size_max() const override { return kApiBodySizeMax; }

  HttpReply refuse(HttpRefusal refusal) const override {
    if (refusal == HttpRefusal::kTooLarge)
      return error_reply({413, "RequestEntityTooLargeException", "Records size exceeds 4 MB limit"});
    return error_reply(unavailable("too much is under way"));
  }

  void take(ByteBuffer& body, bool, Resume resume) override {
    if (!keys_.is_open()) {
      const SystemTime now = std::chrono::system_clock::now();
      if (const auto error = check_signature(head_, body.view(), "firehose", keys_, now))
        return resume(error_reply(*error));
    }
    const std::string_view target = head_.header("x-amz-target");
    const std::string_view operation =
        target.starts_with(kTargetPrefix) ? target.substr(kTargetPrefix.size()) : std::string_view();
    if (operation == "PutRecordBatch")
      return put(parse_put_record_batch(body.view()), true, std::move(resume));
    if (operation == "PutRecord") return put(parse_put_record(body.view()), false, std::move(resume));
    if (operation == "DescribeDeliveryStream") return resume(describe(body.view()));
    if (operation == "ListDeliveryStreams") return resume(list(body.view()));
    resume(error_reply({400, "UnknownOperationException", "no operation " + std::string(target)}));
  }

 private:
  std::optional<ApiError> check_stream(const std::string& name) const {
    if (!is_stream_name(name))
      return validation(
          "Value at 'deliveryStreamName' failed to satisfy constraint: 1 to 64 of [a-zA-Z0-9_.-]");
    if (name == stream_.name) return std::nullopt;
    return ApiError{400, "ResourceNotFoundException",
                    "Firehose " + name + " under account " + kAccount + " not found."};
  }

  std::optional<ApiError> check(const PutRequest& request) const {
    if (auto error = check_stream(request.name)) return error;
    if (request.data.empty() || request.data.size() > kPutBatchRecordsMax)
      return validation("Value at 'records' failed to satisfy constraint: Member must have length 1 to 500");
    size_t total = 0;
    for (const std::string_view data : request.data) {
      const size_t size = decoded_size(data);
      total += size;
      if (size > kPutRecordSizeMax)
        return validation("Value at 'records' failed to satisfy constraint: data of at most 1024000 bytes");
    }
    if (total > kPutBatchSizeMax)
      return ApiError{400, "InvalidArgumentException", "Records size exceeds 4 MB limit"};
    return std::nullopt;
  }

  void put(const Result<PutRequest>& request, bool is_batch, Resume resume) {
    if (!request) return resume(error_reply({400, "SerializationException", request.error().detail}));
    if (const auto error = check(*request)) return resume(error_reply(*error));
    if (!batch_) batch_ = ingest_.begin();
    size_t taken = 0;
    for (const std::string_view data : request->data) {
      if (batch_->marked_size() > kMarkedSizeMax) break;
      if (!marked_reservation_.grow_to(batch_->marked_size())) break;
      const Result<void> added = batch_->add_base64(data);
      if (!added) return resume(error_reply({400, "SerializationException", added.error().detail}));
      ++taken;
    }
    if (taken == 0) return resume(refuse(HttpRefusal::kOverloaded));
    ingest_.commit(*batch_, [taken, count = request->data.size(), is_batch,
                             resume = std::move(resume)](const Result<void>& done) {
      if (!done) return resume(error_reply(unavailable(done.error().detail)));
      resume(api_reply(200, is_batch ? batch_answer(taken, count) : record_answer()));
    });
  }

  static std::string record_answer() { return R"({"RecordId":")" + new_uuid() + R"(","Encrypted":false})"; }

  // The first `taken` of `count` records are on disk.
  static std::string batch_answer(size_t taken, size_t count) {
    const std::string id = new_uuid();
    std::string answer = R"({"FailedPutCount":)" + std::to_string(count - taken) +
                         R"(,"Encrypted":false,"RequestResponses":[)";
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) answer += ',';
      if (i < taken) {
        answer.append(R"({"RecordId":")").append(id).append("-").append(std::to_string(i)).append("\"}");
      } else {
        answer += R"({"ErrorCode":"ServiceUnavailableException","ErrorMessage":"Slow down."})";
      }
    }
    return answer + "]}";
  }

  // A tree is made of small bodies only: it takes many times their size.
  static nlohmann::json parse_small(std::string_view body) {
    return body.size() > kSmallBodySizeMax ? nlohmann::json() : nlohmann::json::parse(body, nullptr, false);
  }

  HttpReply describe(std::string_view body) const {
    const nlohmann::json request = parse_small(body);
    if (!request.is_object()) return error_reply({400, "SerializationException", "no JSON object"});
    const auto name = request.find("DeliveryStreamName");
    if (name == request.end() || !name->is_string()) return error_reply(*check_stream(""));
    if (const auto error = check_stream(name->get<std::string>())) return error_reply(*error);
    const std::string arn =
        std::string("arn:aws:firehose:local:") + kAccount + ":deliverystream/" + stream_.name;
    const auto created =
        std::chrono::duration_cast<std::chrono::seconds>(stream_.created_at.time_since_epoch());
    const nlohmann::json destination = {
        {"DestinationId", "destinationId-000000000001"},
        {"ExtendedS3DestinationDescription",
         {{"RoleARN", std::string("arn:aws:iam::") + kAccount + ":role/querymark"},
          {"BucketARN", "arn:aws:s3:::querymark"},
          {"Prefix", stream_.prefix},
          {"ErrorOutputPrefix", stream_.error_prefix},
          {"BufferingHints",
           {{"SizeInMBs", stream_.object_size_mb}, {"IntervalInSeconds", stream_.object_seconds}}},
          {"CompressionFormat", "GZIP"},
          {"EncryptionConfiguration", {{"NoEncryptionConfig", "NoEncryption"}}}}}};
    return api_reply(200, nlohmann::json{{"DeliveryStreamDescription",
                                          {{"DeliveryStreamName", stream_.name},
                                           {"DeliveryStreamARN", arn},
                                           {"DeliveryStreamStatus", "ACTIVE"},
                                           {"DeliveryStreamType", "DirectPut"},
                                           {"VersionId", "1"},
                                           {"CreateTimestamp", created.count()},
                                           {"Destinations", nlohmann::json::array({destination})},
                                           {"HasMoreDestinations", false}}}}
                              .dump());
  }

  // There is one stream; it comes after a name that is less.
  HttpReply list(std::string_view body) const {
    const nlohmann::json request = parse_small(body);
    if (!request.is_object()) return error_reply({400, "SerializationException", "no JSON object"});
    const auto text = [&request](const char* key) {
      const auto found = request.find(key);
      return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const std::string type = text("DeliveryStreamType");
    auto names = nlohmann::json::array();
    if (text("ExclusiveStartDeliveryStreamName") < stream_.name && (type.empty() || type == "DirectPut"))
      names.push_back(stream_.name);
    return api_reply(
        200, nlohmann::json{{"DeliveryStreamNames", names}, {"HasMoreDeliveryStreams", false}}.dump());
  }

  HttpHead head_;
  const FirehoseStream& stream_;
  const AccessKeys& keys_;
  Ingest& ingest_;
  IngestLease batch_;
  MemoryReservation marked_reservation_;
};

}  // namespace

std::unique_ptr<HttpHandler> make_firehose_api_handler(HttpHead head, const FirehoseStream& stream,
                                                       const AccessKeys& keys, Ingest& ingest,
                                                       MemoryBudget& budget) {
  return std::make_unique<FirehoseApiHandler>(std::move(head), stream, keys, ingest, budget);
}

}  // namespace querymark
