// SPDX-License-Identifier: Apache-2.0
#include "aws/http_client.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "aws/environment.h"
#include "aws/loopback_server.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using After = LoopbackReply::After;

LoopbackReply echo(const LoopbackRequest& request) {
  return LoopbackReply::with(200, request.method + " " + request.target + " " + request.body);
}

HttpRequest request_to(const std::string& url, std::string_view method = "GET", HttpBody body = {}) {
  HttpRequest request;
  request.method = method;
  request.url = *HttpUrl::parse(url);
  request.body = std::move(body);
  return request;
}

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClient http_{Environment()};
};

TEST_F(HttpClientTest, CarriesMethodPathQueryHeadersAndBodyAsTheyStand) {
  LoopbackServer server(echo);
  const std::string target = "/a%20b/../c//%2F?y=1&x=%2b&z";
  HttpRequest request = request_to(server.url() + target, "POST", std::string_view("some body"));
  request.headers = {{"X-Amz-Target", "Service.Operation"}, {"X-Empty", ""}};
  const Result<HttpResponse> response = http_.send(request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "POST " + target + " some body");

  const LoopbackRequest received = server.requests().at(0);
  EXPECT_EQ(received.header("x-amz-target"), "Service.Operation");
  EXPECT_EQ(received.header("User-Agent"), "querymark");
  for (const char* name : {"Expect", "Content-Type", "Transfer-Encoding"})
    EXPECT_EQ(received.header(name), "");
}

TEST_F(HttpClientTest, KnowsTheMethodsOfAws) {
  LoopbackServer server(echo);
  for (const char* method : {"GET", "PUT", "POST", "DELETE"}) {
    EXPECT_EQ(http_.send(request_to(server.url() + "/x", method))->body, std::string(method) + " /x ");
  }
  EXPECT_EQ(server.requests().at(1).header("Content-Length"), "0");
}

TEST_F(HttpClientTest, AnyStatusIsAResponse) {
  LoopbackServer server([](const LoopbackRequest&) {
    return LoopbackReply::with(503, "busy", {{"X-Reason", "  overload "}, {"x-amzn-RequestId", "7"}});
  });
  const Result<HttpResponse> response = http_.send(request_to(server.url()));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_FALSE(response->ok());
  EXPECT_EQ(response->body, "busy");
  EXPECT_EQ(response->header("x-reason"), "overload");
  EXPECT_EQ(response->header("X-Amzn-Requestid"), "7");
  EXPECT_EQ(response->header("absent"), "");
}

TEST_F(HttpClientTest, UsesAConnectionAgain) {
  LoopbackServer server(echo);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(http_.send(request_to(server.url())));
  EXPECT_EQ(server.requests().back().connection, 0u);
}

TEST_F(HttpClientTest, AKeptConnectionThatWasClosedMeanwhileIsReplaced) {
  LoopbackServer server([](const LoopbackRequest& request) {
    LoopbackReply reply = echo(request);
    if (request.number == 0) reply.after = After::kClose;
    return reply;
  });
  ASSERT_TRUE(http_.send(request_to(server.url())));
  const Result<HttpResponse> response =
      http_.send(request_to(server.url(), "POST", std::string_view("again")));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "POST / again");
}

TEST_F(HttpClientTest, ServesManyThreadsAtOnce) {
  LoopbackServer server(echo);
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (size_t thread = 0; thread < good.size(); ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(thread) + "-" + std::to_string(i);
        const Result<HttpResponse> response =
            http_.send(request_to(server.url(), "POST", std::string_view(body)));
        good[thread] += response && response->body == "POST / " + body ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 50));
  EXPECT_LT(server.requests().back().connection, 4u);
}

TEST_F(HttpClientTest, StreamsABodyUpAndDown) {
  LoopbackServer server(
      [](const LoopbackRequest& request) { return LoopbackReply::with(200, request.body); });
  std::string content(3000000, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 + i / 1000);
  const HttpBody body(content.size(), [&](uint64_t offset, char* out, size_t size) -> Result<size_t> {
    return content.copy(out, std::min<size_t>(size, 10000), offset);
  });
  std::string received;
  HttpOptions options;
  options.sink = [&](std::string_view bytes) -> Result<void> {
    received += bytes;
    return {};
  };
  const Result<HttpResponse> response = http_.send(request_to(server.url(), "PUT", body), options);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_TRUE(received == content);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(server.requests().at(0).header("Content-Length"), "3000000");
}

TEST_F(HttpClientTest, ASinkGetsNoBodyOfAnErrorAndMayStop) {
  LoopbackServer server([](const LoopbackRequest& request) {
    return LoopbackReply::with(request.number == 0 ? 404 : 200, "text");
  });
  HttpOptions options;
  options.sink = [](std::string_view) -> Result<void> {
    return Error{Errc::kIo, "write out: No space left"};
  };
  EXPECT_EQ(http_.send(request_to(server.url()), options)->body, "text");
  const Error stopped = http_.send(request_to(server.url()), options).error();
  EXPECT_EQ(stopped.code, Errc::kIo);
  EXPECT_EQ(stopped.detail, "write out: No space left");
}

TEST_F(HttpClientTest, ABodyIsBounded) {
  LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::with(200, "12345"); });
  HttpOptions options;
  options.body_size_max = 5;
  EXPECT_EQ(http_.send(request_to(server.url()), options)->body, "12345");
  options.body_size_max = 4;
  const Error error = http_.send(request_to(server.url() + "/p?secret=1"), options).error();
  EXPECT_EQ(error.code, Errc::kLimit);
  EXPECT_EQ(error.detail, "GET " + server.url() + "/p: reply larger than 4 bytes");
}

TEST_F(HttpClientTest, FollowsRedirectsOnlyWhereAsked) {
  LoopbackServer server([](const LoopbackRequest& request) {
    if (request.target == "/old")
      return LoopbackReply::with(302, "moved", {{"Location", "/new"}, {"X-Hop", "1"}});
    return echo(request);
  });
  EXPECT_EQ(http_.send(request_to(server.url() + "/old"))->status, 302);
  HttpOptions options;
  options.redirects_max = 1;
  const Result<HttpResponse> response = http_.send(request_to(server.url() + "/old"), options);
  EXPECT_EQ(response->body, "GET /new ");
  EXPECT_EQ(response->header("X-Hop"), "");
}

// Each way in which a response fails to come whole; all may work later.
TEST_F(HttpClientTest, ClassifiesFaultsOfTheNetwork) {
  const LoopbackReply good = LoopbackReply::with(200, "a body of some bytes");
  const size_t head = good.bytes.find("\r\n\r\n") + 4;
  LoopbackReply chunk{
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", After::kClose, {}, {}};
  LoopbackReply slow = good;
  slow.between = milliseconds(50);
  LoopbackReply late = good;
  late.before = seconds(5);
  const struct {
    const char* name;
    LoopbackReply reply;
    const char* expected;
  } cases[] = {
      {"nothing", {"", After::kClose, {}, {}}, "connection reset"},
      {"reset before", LoopbackReply::reset(), "connection reset"},
      {"reset in the body", good.cut(head + 3, After::kReset), "connection reset"},
      {"closed in the body", good.cut(head + 3, After::kClose), "reply cut short"},
      {"closed between chunks", chunk, "reply cut short"},
      {"half-open before", LoopbackReply::stall(), "no answer in time"},
      {"half-open in the body", good.cut(head + 3, After::kStall), "no answer in time"},
      {"slow body", slow, "no answer in time"},
      {"late", late, "no answer in time"},
  };
  for (const auto& c : cases) {
    LoopbackServer server([&c](const LoopbackRequest&) { return c.reply; });
    HttpOptions options;
    options.deadline = Deadline::after(milliseconds(700));
    const Result<HttpResponse> response = http_.send(request_to(server.url() + "/"), options);
    ASSERT_FALSE(response) << c.name;
    EXPECT_EQ(response.error().code, Errc::kBusy) << c.name;
    EXPECT_TRUE(response.error().detail.starts_with("GET " + server.url() + "/: " + c.expected))
        << c.name << ": " << response.error().detail;
  }
}

TEST_F(HttpClientTest, NobodyListening) {
  std::string url;
  {
    LoopbackServer server(echo);
    url = server.url();
  }
  const Error error = http_.send(request_to(url + "/")).error();
  EXPECT_EQ(error.code, Errc::kBusy);
  EXPECT_TRUE(error.detail.starts_with("GET " + url + "/: not connected")) << error.detail;
}

TEST_F(HttpClientTest, AnIdleConnectionIsGivenUpWithoutADeadline) {
  LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::stall(); });
  HttpOptions options;
  options.idle_timeout = seconds(1);
  EXPECT_EQ(http_.send(request_to(server.url()), options).error().code, Errc::kBusy);
}

TEST_F(HttpClientTest, ADeadlineThatHasPassedIsSeenAtOnce) {
  LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::stall(); });
  HttpOptions options;
  options.deadline = Deadline::after(milliseconds(-5));
  EXPECT_EQ(http_.send(request_to(server.url()), options).error().code, Errc::kBusy);
}

TEST_F(HttpClientTest, AProxyOfTheEnvironmentIsUsedWhereAllowed) {
  LoopbackServer proxy(
      [](const LoopbackRequest& request) { return LoopbackReply::with(200, request.target); });
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  const HttpRequest request = request_to("http://host.invalid/path");
  EXPECT_EQ(http_.send(request)->body, "http://host.invalid/path");
  HttpOptions options;
  options.use_proxy = false;
  options.deadline = Deadline::after(milliseconds(500));
  EXPECT_FALSE(http_.send(request_to("http://127.0.0.1:1/"), options));
  EXPECT_EQ(proxy.requests().size(), 1u);
  ::unsetenv("http_proxy");
}

TEST_F(HttpClientTest, HeadersCannotSmuggleOthers) {
  HttpRequest request = request_to("http://127.0.0.1:1/");
  request.headers = {{"X-Subject", "a\r\nX-Other: b"}};
  EXPECT_EQ(http_.send(request).error().code, Errc::kInvalid);
}

TEST_F(HttpClientTest, AnUntrustedServerIsNoNetworkFault) {
  HttpClient http(Environment(Environment::Variables{{"AWS_CA_BUNDLE", "/nowhere/ca.pem"}}));
  LoopbackServer server(echo);
  std::string url = server.url();
  url.insert(4, "s");
  EXPECT_NE(http.send(request_to(url)).error().code, Errc::kBusy);
}

TEST(HttpUrl, IsCutIntoItsParts) {
  const struct {
    const char* text;
    const char* parts;
  } cases[] = {
      {"http://example.com", "http|example.com|/||example.com"},
      {"HTTPS://Example.COM:443/a%20b?x=1&y", "https|example.com|/a%20b|x=1&y|example.com"},
      {"http://127.0.0.1:5000?x", "http|127.0.0.1:5000|/|x|127.0.0.1"},
      {"http://h:80/", "http|h|/||h"},
      {"https://h:80/", "https|h:80|/||h"},
      {"http://[::1]:8000/a", "http|[::1]:8000|/a||::1"},
      {"http://h/a?b?c", "http|h|/a|b?c|h"},
  };
  for (const auto& c : cases) {
    const Result<HttpUrl> url = HttpUrl::parse(c.text);
    ASSERT_TRUE(url) << c.text;
    EXPECT_EQ(url->scheme + "|" + url->authority + "|" + url->path + "|" + url->query + "|" +
                  std::string(url->host()),
              c.parts);
  }
}

TEST(HttpUrl, RefusesWhatIsNoRequest) {
  for (const char* text : {"", "example.com", "ftp://h/", "http://", "http:///p", "http://u:p@h/",
                           "http://h/#f", "http://h/a b", "http://h/\n", "http://:80/"}) {
    EXPECT_FALSE(HttpUrl::parse(text)) << text;
  }
  EXPECT_EQ(HttpUrl::parse("http://user:secret@h/").error().detail.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace querymark
