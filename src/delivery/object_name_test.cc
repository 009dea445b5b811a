// SPDX-License-Identifier: Apache-2.0
#include "delivery/object_name.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

constexpr const char* kUuid = "0b0c4f3e-7f1c-4c3a-9a55-3f8d3bb1c2aa";

ObjectName sample() {
  return {"dns", *parse_iso8601("2026-03-04T05:06:09Z"), kUuid};
}

std::string key_prefix(std::string_view text, ObjectPrefix::Kind kind = ObjectPrefix::Kind::kRecords) {
  const Result<ObjectPrefix> prefix = ObjectPrefix::parse(text, kind);
  return prefix ? prefix->at(sample(), "processing-failed") : "refused: " + prefix.error().detail;
}

TEST(ObjectName, IsWrittenAsFirehoseWritesIt) {
  EXPECT_EQ(sample().text(), "dns-1-2026-03-04-05-06-09-0b0c4f3e-7f1c-4c3a-9a55-3f8d3bb1c2aa");
}

TEST(ObjectName, IsReadBackFromItsText) {
  const ObjectName made = new_object_name("a-1-stream.name_x", std::chrono::system_clock::now());
  const std::optional<ObjectName> read = ObjectName::parse(made.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stream, "a-1-stream.name_x");
  EXPECT_EQ(read->time, made.time);
  EXPECT_EQ(read->uuid, made.uuid);
}

TEST(ObjectName, OtherFilesAreNoObjects) {
  const std::string good = sample().text();
  const std::string tail = good.substr(3);
  for (const std::string& text :
       {std::string("x"), good + "x", good.substr(1) + "A", tail, std::string("a/b").append(tail),
        std::string("dns-1-2026-13-04-05-06-09-") + kUuid, std::string("dns-2-2026-03-04-05-06-09-") + kUuid,
        std::string("dns-1-2026-02-30-05-06-09-") + kUuid,
        std::string("dns-1-2026-03-4 -05-06-09-") + kUuid}) {
    EXPECT_FALSE(ObjectName::parse(text)) << text;
  }
}

TEST(ObjectName, NoTwoAreAlike) {
  const SystemTime now = std::chrono::system_clock::now();
  EXPECT_NE(new_object_name("dns", now).text(), new_object_name("dns", now).text());
}

TEST(ObjectPrefix, Expressions) {
  struct Row {
    const char* text;
    const char* expected;
  };
  for (const Row& row : {
           Row{"dns-query-logs/!{timestamp:yyyy/MM/dd/HH}/", "dns-query-logs/2026/03/04/05/"},
           Row{"dns-query-logs/!{timestamp:yyyy/MM/dd}", "dns-query-logs/2026/03/04"},
           Row{"logs/", "logs/2026/03/04/05/"},
           Row{"", "2026/03/04/05/"},
           Row{"a!{timestamp:yy-M-d}b", "a26-3-4b"},
           Row{"year=!{timestamp:yyyy}/day=!{timestamp:DDD}/", "year=2026/day=063/"},
           Row{"!{timestamp:'year='yyyy'/it''s/'HHmmss}/", "year=2026/it's/050609/"},
           Row{"!{timestamp:yyyy}/!{firehose:random-string}/", "2026/0b0c4f3e7f1/"},
           Row{"a!b{c}/!{timestamp:yyyy}", "a!b{c}/2026"},
       }) {
    EXPECT_EQ(key_prefix(row.text), row.expected) << row.text;
  }
}

TEST(ObjectPrefix, OfErrorsNamesTheirKind) {
  EXPECT_EQ(key_prefix("failures/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
                       ObjectPrefix::Kind::kErrors),
            "failures/processing-failed/2026/03/04/");
  EXPECT_EQ(key_prefix("failures/", ObjectPrefix::Kind::kErrors), "failures/2026/03/04/05/");
}

TEST(ObjectPrefix, WrongOnesAreRefusedWithAReason) {
  struct Row {
    const char* text;
    ObjectPrefix::Kind kind;
    const char* reason;
  };
  constexpr auto kRecords = ObjectPrefix::Kind::kRecords;
  constexpr auto kErrors = ObjectPrefix::Kind::kErrors;
  for (const Row& row : {
           Row{"a/!{timestamp:yyyy", kRecords, "left open"},
           Row{"a/!{timestamp:}", kRecords, "empty timestamp"},
           Row{"a/!{timestamp:YYYY}", kRecords, "write yyyy"},
           Row{"a/!{timestamp:EEE}", kRecords, "no letter E"},
           Row{"a/!{timestamp:'x}", kRecords, "a quote is left open"},
           Row{"a/!{partitionKeyFromQuery:x}", kRecords, "unknown expression"},
           Row{"a/!{firehose:error-output-type}", kRecords, "for the error prefix"},
           Row{"a/!{timestamp:yyyy}", kErrors, "needs !{firehose:error-output-type}"},
           Row{"/a/", kRecords, "begin with no /"},
           Row{"a/../b/", kRecords, "may be . or .."},
           Row{"a/!{timestamp:'../'yyyy}", kRecords, "may be . or .."},
           Row{"a\nb", kRecords, "control characters"},
       }) {
    EXPECT_NE(key_prefix(row.text, row.kind).find(row.reason), std::string::npos)
        << row.text << " -> " << key_prefix(row.text, row.kind);
  }
}

TEST(ObjectPrefix, LengthsHaveTheirBounds) {
  const std::string fits = std::string(kKeyPrefixSizeMax - 4, 'a') + "!{timestamp:yyyy}";
  EXPECT_EQ(key_prefix(fits).size(), kKeyPrefixSizeMax);
  EXPECT_NE(key_prefix("a" + fits).find("512"), std::string::npos);
  EXPECT_NE(key_prefix(std::string(kPrefixSizeMax + 1, 'a')).find("1024"), std::string::npos);
}

TEST(StreamName, IsWhatFirehoseTakes) {
  EXPECT_TRUE(is_stream_name("dns-query_logs.1"));
  EXPECT_TRUE(is_stream_name(std::string(64, 'a')));
  for (const std::string& text :
       {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a/b")})
    EXPECT_FALSE(is_stream_name(text)) << text;
}

}  // namespace
}  // namespace querymark
