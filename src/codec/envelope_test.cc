// SPDX-License-Identifier: Apache-2.0
#include "codec/envelope.h"

#include <gtest/gtest.h>

#include "codec/base64.h"
#include "codec/gzip.h"
#include "codec/json_string.h"
#include "codec/record_scanner.h"

namespace querymark {
namespace {

// The payloads as lines of text after the kind, or the error's text.
std::string open(std::string_view object) {
  const Result<Envelope> envelope = open_envelope(object);
  if (!envelope) return envelope.error().detail;
  constexpr std::string_view kKinds[] = {"message", "rawData", "logEvents", "control"};
  std::string text(kKinds[static_cast<size_t>(envelope->kind)]);
  for (const std::string& payload : envelope->payloads) {
    EXPECT_GE(payload.capacity(), payload.size() + kScanPadding);
    text += "\n" + payload;
  }
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '\0');
  encode_base64(bytes, text.data());
  return text;
}

std::string gzip(std::string_view bytes) {
  GzipWriter writer;
  std::string out(gzip_size_max(bytes.size()), '\0');
  return std::string(writer.compress(bytes, out.data()));
}

std::string raw_data(std::string_view bytes) {
  return R"({"rawData":")" + base64(bytes) + "\"}";
}

TEST(Envelope, OpensEveryForm) {
  const struct {
    const char* name;
    std::string object;
    std::string expected;
  } cases[] = {
      {"message, a string", R"({"message":"{\"query_name\":\"\\u0061\"}\n"})",
       "message\n{\"query_name\":\"\\u0061\"}\n"},
      {"message, an object", R"({"message": {"query_name":"a"} })", "message\n{\"query_name\":\"a\"}"},
      {"the last message", R"({"message":1,"messag\u0065":"x"})", "message\nx"},
      {"message with bytes that are no UTF-8", "{\"message\":\"\xFF\\ud800\x80\"}",
       "message\n\xFF\xED\xA0\x80\x80"},
      {"rawData", raw_data("{\"query_name\":\"a\"}\n\xFF"), "rawData\n{\"query_name\":\"a\"}\n\xFF"},
      {"rawData with escapes", R"({"rawData":"e\u0058d9\/w=="})", "rawData\nyw}\xFF"},
      {"rawData, empty", raw_data(""), "rawData\n"},
      {"rawData, gzip", raw_data(gzip("a") + gzip("b")), "rawData\nab"},
      {"rawData before message", R"({"message":"x","rawData":"eA==","errorCode":"E"})", "rawData\nx"},
      {"logEvents",
       R"({"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":"{\"a\":1}"},{"message":{"b":2}}]})",
       "logEvents\n{\"a\":1}\n{\"b\":2}"},
      {"log events without a message", R"({"logEvents":[{"id":"1"}, 7 ,{"message":3},{"message":""}]})",
       "logEvents\n{\"id\":\"1\"}\n7\n{\"message\":3}\n{\"message\":\"\"}"},
      {"no log events", R"({"logEvents":[ ]})", "logEvents"},
      {"control message",
       R"({"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE: Checking health"}]})",
       "control"},
  };
  for (const auto& row : cases) EXPECT_EQ(open(row.object), row.expected) << row.name;
}

TEST(Envelope, SaysWhatIsNone) {
  const std::string cut = gzip("data").substr(0, 20);
  const struct {
    std::string object;
    std::string error;
  } cases[] = {
      {R"({"message":1})", "message is neither an object nor a string with one inside"},
      {R"({"message":[]})", "message is neither an object nor a string with one inside"},
      {R"({"message":""})", "message is neither an object nor a string with one inside"},
      {R"({"rawData":null})", "rawData is no string"},
      {R"({"rawData":"eA="})", "rawData: base64 is broken at byte 3"},
      {raw_data(cut),
       "rawData: gzip data ends at compressed byte 20, within the member that starts at byte 0"},
      {R"({"logEvents":{}})", "logEvents is no array"},
  };
  for (const auto& row : cases) EXPECT_EQ(open(row.object), row.error) << row.object;
}

TEST(Envelope, BoundsLogEvents) {
  std::string events = "{}";
  for (size_t i = 1; i < kLogEventsMax; ++i) events += ",{}";
  EXPECT_EQ(open_envelope(R"({"logEvents":[)" + events + "]}")->payloads.size(), kLogEventsMax);
  EXPECT_EQ(open(R"({"logEvents":[)" + events + ",{}]}"), "over 65536 log events");
}

TEST(Envelope, BoundsWhatIsInflated) {
  EXPECT_EQ(open_envelope(raw_data(gzip(std::string(kEnvelopeSizeMax, ' '))))->payloads[0].size(),
            kEnvelopeSizeMax);
  const Result<Envelope> bomb = open_envelope(raw_data(gzip(std::string(kEnvelopeSizeMax + 1, ' '))));
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code, Errc::kLimit);
  EXPECT_EQ(bomb.error().detail, "rawData: over 67108864 bytes inflated");
}

}  // namespace
}  // namespace querymark
