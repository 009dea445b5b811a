// SPDX-License-Identifier: Apache-2.0
#include "service/http_exchange.h"

#include "codec/json_string.h"

namespace querymark {
namespace {

// What is read and dropped, so that the connection stays in use.
constexpr uint64_t kDroppedBodyMax = uint64_t{1} << 20;

class ReplyHandler final : public HttpHandler {
 public:
  explicit ReplyHandler(HttpReply reply) : reply_(std::move(reply)) {}

  uint64_t body_size_max() const override { return kDroppedBodyMax; }
  void take(ByteBuffer&, bool, Resume resume) override { resume(reply_); }
  HttpReply refuse(HttpRefusal) const override { return reply_; }

 private:
  HttpReply reply_;
};

}  // namespace

std::unique_ptr<HttpHandler> make_reply_handler(HttpReply reply) {
  return std::make_unique<ReplyHandler>(std::move(reply));
}

HttpReply json_message(int status, std::string_view message) {
  std::string body = R"({"message":)";
  append_json_string(message, body);
  body += '}';
  return {.status = status, .body = std::move(body)};
}

}  // namespace querymark
