// SPDX-License-Identifier: Apache-2.0
#include "lambda/runtime.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "lambda/fake_runtime_api.h"

using namespace querymark;
using namespace std::chrono_literals;

struct Served {
  Error ended;
  std::vector<std::string> log;  // "id: detail"
};

static Served serve(FakeRuntimeApi& api, const std::function<Result<Handler>()>& init) {
  Served result{Error::invalid(""), {}};
  result.ended = run_function(api.authority().c_str(), init, [&](std::string_view id, const Error& error) {
    result.log.push_back(std::string(id) + ": " + error.detail);
  });
  return result;
}

static Served serve(FakeRuntimeApi& api, const Handler& handler) {
  return serve(api, [&]() -> Result<Handler> { return handler; });
}

static Result<std::string> echo(const Invocation& invocation) {
  return "<" + invocation.event + ">";
}

// The requests' first lines and bodies, one a line.
static std::string heard(FakeRuntimeApi& api) {
  std::string text;
  for (const HeardRequest& request : api.requests()) {
    std::string line = request.line;
    line.erase(line.find("/2018-06-01"), std::string_view("/2018-06-01/runtime/").size());
    text += line + (request.body.empty() ? "" : " " + request.body) + "\n";
  }
  return text;
}

TEST(RunFunction, AnswersEventAfterEventOnOneConnection) {
  FakeRuntimeApi api({event("a", "1"), status(202), event("b", "2"), status(202), status(500)});
  const Served result = serve(api, echo);
  EXPECT_EQ(heard(api),
            "GET invocation/next\nPOST invocation/a/response <1>\nGET invocation/next\n"
            "POST invocation/b/response <2>\nGET invocation/next\n");
  for (const HeardRequest& request : api.requests()) EXPECT_EQ(request.connection, 1);
  EXPECT_TRUE(result.log.empty());
  EXPECT_EQ(result.ended.code, Errc::kIo);
}

TEST(RunFunction, GivesTheHandlerWhatTheHeadersSayInAnyCase) {
  const auto epoch = std::chrono::system_clock::now().time_since_epoch() + 5s;
  const std::string deadline =
      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(epoch).count());
  FakeRuntimeApi api({event("a", "{}",
                            "lambda-runtime-deadline-ms: " + deadline +
                                "\r\nLAMBDA-RUNTIME-INVOKED-FUNCTION-ARN: arn:x\r\n"
                                "Lambda-runtime-Trace-ID: Root=1-2\r\n"),
                      status(202), event("b", "{}"), status(202), status(500)});
  std::vector<Invocation> invocations;
  std::vector<std::string> trace_ids;
  std::chrono::milliseconds left{};
  serve(api, [&](const Invocation& invocation) -> Result<std::string> {
    if (invocations.empty()) left = invocation.deadline.left();
    invocations.push_back(invocation);
    const char* trace_id = std::getenv("_X_AMZN_TRACE_ID");
    trace_ids.emplace_back(trace_id == nullptr ? "none" : trace_id);
    return std::string("{}");
  });
  ASSERT_EQ(invocations.size(), 2);
  EXPECT_EQ(invocations[0].request_id, "a");
  EXPECT_EQ(invocations[0].function_arn, "arn:x");
  EXPECT_EQ(invocations[0].trace_id, "Root=1-2");
  EXPECT_GT(left, 3s);
  EXPECT_LE(left, 5s);
  EXPECT_EQ(trace_ids, (std::vector<std::string>{"Root=1-2", "none"}));
  EXPECT_TRUE(invocations[1].deadline.is_never());
}

TEST(RunFunction, ReportsTheHandlersErrorWithItsType) {
  FakeRuntimeApi api({event("a", "1"), status(202), event("b", "2"), status(202), status(500)});
  const Served result = serve(api, [](const Invocation& invocation) -> Result<std::string> {
    if (invocation.request_id == "a") return Error{Errc::kIo, "table is \"slow\" \xff"};
    return std::string("fine");
  });
  EXPECT_EQ(
      heard(api),
      "GET invocation/next\nPOST invocation/a/error {\"errorMessage\":\"table is \\\"slow\\\" \xef\xbf\xbd\","
      "\"errorType\":\"Function.Io\",\"stackTrace\":[]}\n"
      "GET invocation/next\nPOST invocation/b/response fine\nGET invocation/next\n");
  EXPECT_NE(api.requests()[1].headers.find("Lambda-Runtime-Function-Error-Type: Function.Io\r\n"),
            std::string::npos);
  EXPECT_EQ(result.log, (std::vector<std::string>{"a: table is \"slow\" \xff"}));
}

TEST(RunFunction, ReportsExceptionsThatLibrariesThrow) {
  FakeRuntimeApi api({event("a", "1"), status(202), event("b", "2"), status(202), status(500)});
  serve(api, [](const Invocation& invocation) -> Result<std::string> {
    if (invocation.request_id == "a") throw std::runtime_error("no memory");
    throw 1;
  });
  ASSERT_EQ(api.requests().size(), 5);
  EXPECT_EQ(api.requests()[1].body,
            R"({"errorMessage":"no memory","errorType":"Function.UnhandledException","stackTrace":[]})");
  EXPECT_EQ(api.requests()[3].line, "POST /2018-06-01/runtime/invocation/b/error");
}

TEST(RunFunction, GoesOnAfterAResponseTooLarge) {
  FakeRuntimeApi api({event("a", "1"), status(413), status(202), event("b", "2"), status(202), status(500)});
  const Served result = serve(api, echo);
  ASSERT_EQ(api.requests().size(), 6);
  EXPECT_EQ(api.requests()[2].line, "POST /2018-06-01/runtime/invocation/a/error");
  EXPECT_NE(api.requests()[2].body.find("Function.ResponseSizeTooLarge"), std::string::npos);
  EXPECT_EQ(api.requests()[4].body, "<2>");
  EXPECT_EQ(result.log.size(), 1);
}

TEST(RunFunction, GoesOnWhereTheErrorAfterAResponseTooLargeIsRefused) {
  FakeRuntimeApi api({event("a", "1"), status(413), status(403), event("b", "2"), status(202), status(500)});
  const Served result = serve(api, echo);
  ASSERT_EQ(api.requests().size(), 6);
  EXPECT_EQ(api.requests()[4].body, "<2>");
  EXPECT_EQ(result.log.size(), 2);
}

TEST(RunFunction, GoesOnAfterA413GivenBeforeTheBodyWasRead) {
  ScriptStep early = status(413);
  early.read_at_most = 1000;
  early.close_after = true;
  FakeRuntimeApi api({event("a", "1"), early, status(202), event("b", "2"), status(202), status(500)});
  serve(api, [](const Invocation& invocation) -> Result<std::string> {
    return invocation.request_id == "a" ? std::string(size_t{32} << 20, 'x') : std::string("fine");
  });
  ASSERT_EQ(api.requests().size(), 6);
  EXPECT_NE(api.requests()[2].body.find("Function.ResponseSizeTooLarge"), std::string::npos);
  EXPECT_EQ(api.requests()[4].body, "fine");
}

TEST(RunFunction, LeavesAnInvocationThatIsNoLongerItsOwn) {
  FakeRuntimeApi api({event("a", "1"), status(403), event("b", "2"), status(400), event("c", "3"),
                      status(202), status(500)});
  const Served result = serve(api, echo);
  ASSERT_EQ(api.requests().size(), 7);
  EXPECT_EQ(api.requests()[5].body, "<3>");
  EXPECT_EQ(result.log.size(), 2);
}

TEST(RunFunction, EndsPromptlyOn500) {
  struct Case {
    std::string name;
    std::vector<ScriptStep> script;
  };
  for (const Case& c : std::vector<Case>{{"next", {status(500)}},
                                         {"response", {event("a", "1"), status(500)}},
                                         {"error after 413", {event("a", "1"), status(413), status(500)}}}) {
    FakeRuntimeApi api(c.script);
    const Served result = serve(api, echo);
    EXPECT_EQ(result.ended.code, Errc::kIo) << c.name;
    EXPECT_NE(result.ended.detail.find("answered 500"), std::string::npos)
        << c.name << ": " << result.ended.detail;
    EXPECT_EQ(api.requests().size(), c.script.size()) << c.name;
  }
}

TEST(RunFunction, ReportsTheInitError) {
  FakeRuntimeApi api({status(202)});
  const Served result =
      serve(api, []() -> Result<Handler> { return Error::invalid("INTERESTING_DOMAINS_TABLE is not set"); });
  EXPECT_EQ(heard(api),
            "POST init/error {\"errorMessage\":\"INTERESTING_DOMAINS_TABLE is not set\","
            "\"errorType\":\"Function.Invalid\",\"stackTrace\":[]}\n");
  EXPECT_NE(api.requests()[0].headers.find("Lambda-Runtime-Function-Error-Type: Function.Invalid\r\n"),
            std::string::npos);
  EXPECT_EQ(result.ended.detail, "INTERESTING_DOMAINS_TABLE is not set");
}

TEST(RunFunction, SaysWhereItRunsWhenNotOnLambda) {
  const Error ended = run_function(
      nullptr, []() -> Result<Handler> { return Handler(echo); }, [](std::string_view, const Error&) {});
  EXPECT_EQ(ended.code, Errc::kInvalid);
}

TEST(RuntimeApi, ReadsEventsHoweverTheyArrive) {
  const std::string headers = "Lambda-Runtime-Aws-Request-Id: a\r\n";
  const std::string body(100000, 'e');
  std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + headers + "\r\n";
  for (size_t at = 0; at < body.size(); at += 10000) chunked += "2710\r\n" + body.substr(at, 10000) + "\r\n";
  chunked += "0\r\n\r\n";
  ScriptStep slow = event("a", body);
  slow.piece_size = 3333;
  ScriptStep until_close{"HTTP/1.1 200 OK\r\n" + headers + "\r\n" + body};
  until_close.close_after = true;
  FakeRuntimeApi fake({slow, {chunked, 7777}, until_close, event("a", body)});
  RuntimeApi api(fake.authority());
  for (int i = 0; i < 4; ++i) {
    const Result<Invocation> invocation = api.next();
    ASSERT_TRUE(invocation) << i << ": " << invocation.error().detail;
    EXPECT_EQ(invocation->event, body) << i;
  }
}

TEST(RuntimeApi, ConnectsAnewWhereTheIdleConnectionWasClosed) {
  ScriptStep closing = event("a", "1");
  closing.close_after = true;
  FakeRuntimeApi fake({closing, status(202)});
  RuntimeApi api(fake.authority());
  ASSERT_TRUE(api.next());
  std::this_thread::sleep_for(20ms);  // the end of the connection has arrived
  EXPECT_TRUE(api.post_response("a", "1"));
  EXPECT_EQ(fake.requests()[1].connection, 2);
}

TEST(RuntimeApi, SendsAgainWhereTheConnectionBrokeBeforeTheReply) {
  FakeRuntimeApi fake({event("a", "1"), hang_up(), status(202)});
  RuntimeApi api(fake.authority());
  ASSERT_TRUE(api.next());
  EXPECT_TRUE(api.post_response("a", "answer"));
  ASSERT_EQ(fake.requests().size(), 3);
  EXPECT_EQ(fake.requests()[2].body, "answer");
}

TEST(RuntimeApi, FailsWhereTheApiIsGoneOrSpeaksNonsense) {
  struct Case {
    std::string name;
    ScriptStep step;
    Errc expected;
  };
  ScriptStep cut{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"};
  cut.close_after = true;
  const std::vector<Case> cases{
      {"hangs up", hang_up(), Errc::kCorrupt},
      {"cut", cut, Errc::kCorrupt},
      {"no HTTP", {"SSH-2.0-x\r\n"}, Errc::kCorrupt},
      {"no request id", {http_reply(200, "", "{}")}, Errc::kCorrupt},
      {"403", status(403), Errc::kIo},
  };
  for (const Case& c : cases) {
    FakeRuntimeApi fake({c.step});
    RuntimeApi api(fake.authority());
    const Result<Invocation> invocation = api.next();
    ASSERT_FALSE(invocation) << c.name;
    EXPECT_EQ(invocation.error().code, c.expected) << c.name << ": " << invocation.error().detail;
  }
  RuntimeApi nobody("127.0.0.1:1");
  EXPECT_EQ(nobody.next().error().code, Errc::kIo);
}

TEST(RuntimeApi, CarriesTheLargestEventAndResponse) {
  const std::string large((size_t{6} << 20) + 100, 'x');
  FakeRuntimeApi fake({event("a", large), status(202)});
  RuntimeApi api(fake.authority());
  const Result<Invocation> invocation = api.next();
  ASSERT_TRUE(invocation);
  EXPECT_EQ(invocation->event.size(), large.size());
  ASSERT_TRUE(api.post_response("a", invocation->event));
  EXPECT_EQ(fake.requests()[1].body.size(), large.size());
}
