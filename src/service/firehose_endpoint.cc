// SPDX-License-Identifier: Apache-2.0
#include "service/firehose_endpoint.h"

#include <algorithm>
#include <optional>

#include "codec/gzip.h"
#include "codec/json_string.h"
#include "codec/put_request.h"

namespace querymark {
namespace {

constexpr size_t kCommitSize = size_t{1} << 20;
constexpr size_t kInflateStep = size_t{1} << 20;
constexpr size_t kErrorMessageSizeMax = 8192;

HttpReply answer(int status, std::string_view request_id, std::string_view error = {}) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  std::string body = R"({"requestId":)";
  append_json_string(request_id, body);
  body += R"(,"timestamp":)" + std::to_string(now.count());
  if (!error.empty()) {
    body += R"(,"errorMessage":)";
    append_json_string(error.substr(0, kErrorMessageSizeMax), body);
  }
  return {.status = status, .body = body + "}"};
}

class FirehoseEndpointHandler final : public HttpHandler {
 public:
  FirehoseEndpointHandler(HttpHead head, const AccessKeys& keys, RequestIds& ids, Ingest& ingest,
                          MemoryBudget& budget)
      : head_(std::move(head)),
        is_allowed_(keys.is_open() || keys.has_access_key(head_.header("x-amz-firehose-access-key"))),
        ids_(ids),
        ingest_(ingest),
        inflated_reservation_(budget) {}
  ~FirehoseEndpointHandler() override {
    if (is_begun_) ids_.end(request_.name, false);
  }

  uint64_t body_size_max() const override { return kEndpointBodySizeMax; }

  HttpReply refuse(HttpRefusal refusal) const override {
    if (refusal == HttpRefusal::kTooLarge) return answer(413, header_id(), "a body of more than 64 MiB");
    return answer(503, header_id(), "too much is under way");
  }

  void take(ByteBuffer& body, bool, Resume resume) override {
    if (!is_begun_) {
      if (const auto reply = begin(body)) return resume(*reply);
    }
    mark_piece();
    commit(std::move(resume));
  }

 private:
  std::string_view header_id() const { return head_.header("x-amz-firehose-request-id"); }

  // Reads the request and checks it; a reply where it ends here.
  std::optional<HttpReply> begin(ByteBuffer& body) {
    if (!is_allowed_) return answer(401, header_id(), "X-Amz-Firehose-Access-Key is not one of ours");
    std::string_view text = body.view();
    if (head_.header("content-encoding") == "gzip" || is_gzip(text)) {
      if (auto reply = inflate(text)) return reply;
      text = inflated_.view();
    }
    Result<PutRequest> request = parse_endpoint_request(text);
    if (!request) return answer(400, header_id(), request.error().detail);
    request_ = *std::move(request);
    if (auto reply = check()) return reply;
    switch (ids_.begin(request_.name)) {
      case RequestIds::State::kDone:
        return answer(200, request_.name);
      case RequestIds::State::kRunning:
        return answer(503, request_.name, "this request is being worked on");
      case RequestIds::State::kNew:
        break;
    }
    is_begun_ = true;
    batch_ = ingest_.begin();
    return std::nullopt;
  }

  std::optional<HttpReply> inflate(std::string_view bytes) {
    GzipInflater inflater;
    for (;;) {
      if (!inflated_reservation_.grow_to(2 * (inflated_.size() + kInflateStep)))
        return refuse(HttpRefusal::kOverloaded);
      char* room = inflated_.room(kInflateStep);
      const Result<GzipProgress> progress = inflater.inflate(bytes, room, kInflateStep);
      if (!progress) return answer(400, header_id(), progress.error().detail);
      inflated_.grow(progress->produced);
      bytes.remove_prefix(progress->consumed);
      if (inflated_.size() > kEndpointBodySizeMax) return refuse(HttpRefusal::kTooLarge);
      if (!bytes.empty() || progress->produced == kInflateStep) continue;
      if (const Result<void> finished = inflater.finish(); !finished)
        return answer(400, header_id(), finished.error().detail);
      return std::nullopt;
    }
  }

  std::optional<HttpReply> check() const {
    if (request_.name.empty() || (!header_id().empty() && header_id() != request_.name))
      return answer(400, header_id(), "requestId and X-Amz-Firehose-Request-Id must be there and the same");
    if (request_.data.empty() || request_.data.size() > kEndpointRecordsMax)
      return answer(413, request_.name, "1 to 10000 records are taken");
    if (std::any_of(request_.data.begin(), request_.data.end(),
                    [](std::string_view data) { return data.size() > kEndpointDataSizeMax; }))
      return answer(413, request_.name, "data of more than 1365336 bytes");
    return std::nullopt;
  }

  // Data that is no base64 is kept as it came: there is nobody who would send it better.
  void mark_piece() {
    while (next_ < request_.data.size() && batch_->marked_size() < kCommitSize) {
      const std::string_view data = request_.data[next_++];
      if (const Result<void> added = batch_->add_base64(data); !added)
        batch_->reject(data, added.error().detail);
    }
  }

  void commit(Resume resume) {
    ingest_.commit(*batch_, [this, resume = std::move(resume)](const Result<void>& done) {
      if (!done) return resume(answer(503, request_.name, done.error().detail));
      if (next_ < request_.data.size()) return resume(Continue::kAgain);
      is_begun_ = false;
      ids_.end(request_.name, true);
      resume(answer(200, request_.name));
    });
  }

  HttpHead head_;
  bool is_allowed_;
  RequestIds& ids_;
  Ingest& ingest_;
  IngestLease batch_;
  ByteBuffer inflated_;
  MemoryReservation inflated_reservation_;
  PutRequest request_;
  size_t next_ = 0;        // of request_.data
  bool is_begun_ = false;  // and not ended: the id is ours
};

}  // namespace

std::unique_ptr<HttpHandler> make_firehose_endpoint_handler(HttpHead head, const AccessKeys& keys,
                                                            RequestIds& ids, Ingest& ingest,
                                                            MemoryBudget& budget) {
  return std::make_unique<FirehoseEndpointHandler>(std::move(head), keys, ids, ingest, budget);
}

}  // namespace querymark
