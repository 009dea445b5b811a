// SPDX-License-Identifier: Apache-2.0
#include "alert/webhook_sink.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "aws/environment.h"
#include "aws/loopback_server.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;
using Kind = Notification::Kind;
using Strings = std::vector<std::string>;

Notification match() {
  Notification notification;
  notification.text = R"({"query_name":"www.evil.com.","isMatchedDomain":"Y"})";
  notification.id = "run-7";
  notification.attributes = {{"registered_domain", "evil.com"}, {"entry", "www.evil.com"}};
  notification.lists = {"ads", "spam \"2\""};
  return notification;
}

TEST(WebhookBody, MatchIsWrappedWithWhatItsRecordDoesNotSay) {
  EXPECT_EQ(webhook_body(match()),
            R"({"type":"match","id":"run-7","registered_domain":"evil.com","entry":"www.evil.com",)"
            R"("lists":["ads","spam \"2\""],"record":{"query_name":"www.evil.com.","isMatchedDomain":"Y"}})");
}

TEST(WebhookBody, DigestsAndSummariesAreWhatTheyAre) {
  Notification digest;
  digest.kind = Kind::kDigest;
  digest.id = "run-1-9-1";
  digest.text = R"({"srcaddr":"10.0.0.1"})";
  EXPECT_EQ(webhook_body(digest), R"({"type":"digest","id":"run-1-9-1","srcaddr":"10.0.0.1"})");
  digest.kind = Kind::kSummary;
  EXPECT_EQ(webhook_body(digest), R"({"type":"summary","id":"run-1-9-1","srcaddr":"10.0.0.1"})");
}

TEST(WebhookBody, IsUtf8WhateverTheRecordIs) {
  Notification notification = match();
  notification.text = "{\"query_name\":\"\xff\"}";
  EXPECT_EQ(nlohmann::json::parse(webhook_body(notification))["record"]["query_name"], "\uFFFD");
}

TEST(WebhookSignature, IsOfTimeAndBody) {
  EXPECT_EQ(webhook_signature("whsec", SystemTime(std::chrono::seconds(1767225600)), R"({"a":1})"),
            // printf '1767225600.{"a":1}' | openssl dgst -sha256 -hmac whsec
            "t=1767225600,v1=1d69bcb084beb6eb528786cc5d022925538f95bf5a26c0646f7223c252991404");
}

TEST(WebhookSink, RetryAfterIsSecondsOrADateAndBounded) {
  struct Row {
    std::string header;
    milliseconds expected;
  };
  const SystemTime now(std::chrono::seconds(1445412480));  // 07:28:00
  const std::vector<Row> rows = {
      {"", milliseconds(0)},
      {"0", milliseconds(0)},
      {"120", std::chrono::seconds(120)},
      {"-5", milliseconds(0)},
      {"3600", kRetryAfterMax},
      {"3601", kRetryAfterMax},
      {"99999999999999999999", kRetryAfterMax},
      {"soon", milliseconds(0)},
      {"12 s", milliseconds(0)},
      {"Wed, 21 Oct 2015 07:28:30 GMT", std::chrono::seconds(30)},
      {"Wed, 21 Oct 2015 07:27:30 GMT", milliseconds(0)},
      {"Wed, 21 Oct 2025 07:28:30 GMT", kRetryAfterMax},
  };
  for (const Row& row : rows) EXPECT_EQ(parse_retry_after(row.header, now), row.expected) << row.header;
}

class WebhookSinkTest : public testing::Test {
 protected:
  void serve(LoopbackServer::Handler handler, const std::string& secret = "") {
    server_ = std::make_unique<LoopbackServer>(std::move(handler));
    sink_ = *open_webhook_sink(server_->url() + "/hook/SECRET?key=SECRET", secret, http_);
  }
  // "ok", "refused: …" or "later: …".
  std::string send(milliseconds time = std::chrono::seconds(10)) {
    outcome_ = sink_->send(std::vector{match()}, Deadline::after(time));
    if (outcome_.failures.empty()) return "ok";
    const Error& error = outcome_.failures[0].error;
    EXPECT_EQ(error.detail.find("SECRET"), std::string::npos) << error.detail;
    EXPECT_TRUE(error.detail.starts_with(sink_->name())) << error.detail;
    return (is_refusal(error) ? "refused" : "later") + error.detail.substr(sink_->name().size());
  }

  HttpClient http_{Environment()};
  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AlertSink> sink_;
  AlertOutcome outcome_;
};

TEST_F(WebhookSinkTest, PostsTheBodyWithItsIdAndSignature) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(204, ""); }, "whsec");
  EXPECT_EQ(send(), "ok");
  EXPECT_EQ(send(), "ok");
  const std::vector<LoopbackRequest> requests = server_->requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].method + " " + requests[0].target, "POST /hook/SECRET?key=SECRET");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
  EXPECT_EQ(requests[0].header("X-Querymark-Id"), "run-7");
  EXPECT_EQ(requests[0].body, webhook_body(match()));
  const std::string signature(requests[0].header("X-Querymark-Signature"));
  const std::string stamp = signature.substr(2, signature.find(',') - 2);
  EXPECT_EQ(signature, webhook_signature("whsec", SystemTime(std::chrono::seconds(std::stoll(stamp))),
                                         requests[0].body));
  EXPECT_EQ(requests[1].connection, 0U);
}

TEST_F(WebhookSinkTest, WithoutASecretNothingIsSigned) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(200, "ok"); });
  EXPECT_EQ(send(), "ok");
  EXPECT_EQ(server_->requests()[0].header("X-Querymark-Signature"), "");
}

TEST_F(WebhookSinkTest, AnswersMeanWhatTheTableSays) {
  struct Row {
    int status;
    std::string expected;
  };
  const std::vector<Row> rows = {
      {200, "ok"},
      {202, "ok"},
      {301, "later answered 301"},
      {307, "later answered 307"},
      {400, "refused answered 400"},
      {401, "later answered 401"},
      {404, "later answered 404"},
      {413, "refused answered 413"},
      {422, "refused answered 422"},
      {429, "later answered 429"},
      {500, "later answered 500"},
      {503, "later answered 503"},
  };
  int status = 0;
  serve([&status, this](const LoopbackRequest&) {
    return LoopbackReply::with(status, "text",
                               {{"Location", server_->url() + "/elsewhere"}, {"Retry-After", "7"}});
  });
  for (const Row& row : rows) {
    status = row.status;
    EXPECT_EQ(send(), row.expected);
    EXPECT_EQ(outcome_.retry_after, std::chrono::seconds(row.expected == "ok" ? 0 : 7)) << row.status;
  }
  EXPECT_EQ(server_->requests().size(), rows.size());
}

TEST_F(WebhookSinkTest, FaultsOfTheNetworkMayPass) {
  struct Row {
    std::string name;
    LoopbackReply reply;
  };
  LoopbackReply garbage;
  garbage.bytes = "SSH-2.0-OpenSSH_9.2\r\n\r\n";
  garbage.after = LoopbackReply::After::kClose;
  const LoopbackReply error = LoopbackReply::with(500, std::string(200'000, 'x'));
  LoopbackReply dripping = LoopbackReply::with(200, "ok");
  dripping.between = milliseconds(100);
  const std::vector<Row> rows = {
      {"never answers", LoopbackReply::stall()},
      {"resets", LoopbackReply::reset()},
      {"garbage", garbage},
      {"head cut short", LoopbackReply::with(200, "ok").cut(12, LoopbackReply::After::kClose)},
      {"long error page", error},
      {"error page cut short", error.cut(300, LoopbackReply::After::kReset)},
      {"drips", dripping},
  };
  const Row* row = nullptr;
  serve([&row](const LoopbackRequest&) { return row->reply; });
  for (const Row& next : rows) {
    row = &next;
    EXPECT_TRUE(send(milliseconds(300)).starts_with("later")) << next.name;
  }
}

TEST_F(WebhookSinkTest, OnceA2xxStandsThereTheRestOfTheReplyIsOfNoMatter) {
  const LoopbackReply reply = LoopbackReply::with(200, std::string(200'000, 'x'));
  serve([&reply](const LoopbackRequest& request) {
    return request.number == 0 ? reply : reply.cut(500, LoopbackReply::After::kReset);
  });
  EXPECT_EQ(send(), "ok");
  EXPECT_EQ(send(), "ok");
}

TEST_F(WebhookSinkTest, WhereNobodyListensItMayPass) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(200, ""); });
  server_.reset();
  EXPECT_TRUE(send().starts_with("later: not connected")) << send();
}

TEST_F(WebhookSinkTest, NameTellsHostAndWhichUrlButNoSecret) {
  const auto name = [this](const std::string& url) { return (*open_webhook_sink(url, "", http_))->name(); };
  EXPECT_EQ(name("https://example.com/a").substr(0, 20), "https://example.com#");
  EXPECT_EQ(name("https://example.com/a"), name("https://example.com/a"));
  EXPECT_NE(name("https://example.com/a"), name("https://example.com/b"));
  EXPECT_FALSE(open_webhook_sink("https://", "", http_));
  EXPECT_FALSE(open_webhook_sink("https://user:password@example.com/", "", http_));
}

}  // namespace
}  // namespace querymark
