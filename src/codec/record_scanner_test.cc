// SPDX-License-Identifier: Apache-2.0
#include "codec/record_scanner.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/record_reference.h"

namespace querymark {
namespace {

// A copy of `text` with the padding that a chunk needs.
class Chunk {
 public:
  explicit Chunk(std::string_view text) : size_(text.size()), bytes_(text) {
    bytes_.append(kScanPadding, '"');
  }
  std::string_view text() const { return std::string_view(bytes_).substr(0, size_); }

 private:
  size_t size_;
  std::string bytes_;
};

struct Scanned {
  std::vector<std::string> items;
  uint64_t lines = 0;
};

// The items of a stream given in pieces that end at `cuts` and at its end, with room for `room` items at a
// time.
Scanned scan_pieces(std::string_view stream, const std::vector<size_t>& cuts, size_t room = 3,
                    MarkMembers members = MarkMembers::kVerdict) {
  RecordScanner scanner(members);
  Scanned scanned;
  std::vector<ScannedRecord> out(room);
  size_t begin = 0;
  std::vector<size_t> ends = cuts;
  ends.push_back(stream.size());
  for (size_t piece = 0; piece < ends.size(); ++piece) {
    const bool last = piece + 1 == ends.size();
    for (;;) {
      const Chunk chunk(stream.substr(begin, ends[piece] - begin));
      const ScanStep step = scanner.scan(chunk.text(), last, out);
      for (size_t i = 0; i < step.count; ++i) {
        scanned.items.push_back(describe_item(chunk.text(), out[i], begin));
      }
      begin += step.consumed;
      scanned.lines += step.lines;
      if (step.count < room) break;
    }
  }
  EXPECT_EQ(begin, stream.size());
  return scanned;
}

std::vector<std::string> scan_all(std::string_view stream, MarkMembers members = MarkMembers::kVerdict) {
  return scan_pieces(stream, {}, 100, members).items;
}

using Items = std::vector<std::string>;

TEST(RecordScanner, FindsRecordsAndTheirNames) {
  const struct {
    const char* name;
    std::string_view stream;
    Items items;
  } cases[] = {
      {"one", R"({"query_name":"a.b."})", {R"(record a.b. | {"query_name":"a.b."})"}},
      {"a line each",
       "{\"query_name\":\"a\"}\n{\"query_name\":\"b\"}\n",
       {R"(record a | {"query_name":"a"})", R"(record b | {"query_name":"b"})"}},
      {"CRLF and blank lines",
       "\r\n{\"query_name\":\"a\"}\r\n \t\r\n{\"query_name\":\"b\"}\r\n\r\n",
       {R"(record a | {"query_name":"a"})", R"(record b | {"query_name":"b"})"}},
      {"nothing between",
       R"({"query_name":"a"}{"query_name":"b"})",
       {R"(record a | {"query_name":"a"})", R"(record b | {"query_name":"b"})"}},
      {"byte order mark",
       "\xEF\xBB\xBF{\"query_name\":\"a\"}\n\xEF\xBB\xBF{\"query_name\":\"b\"}",
       {R"(record a | {"query_name":"a"})", R"(record b | {"query_name":"b"})"}},
      {"empty name", R"({"query_name":""})", {R"(record  | {"query_name":""})"}},
      {"blanks",
       R"({ "query_name" : "a" , "b" : [ 1 , 2 ] })",
       {R"(record a | { "query_name" : "a" , "b" : [ 1 , 2 ] })"}},
      {"several lines",
       "{\n  \"query_name\": \"a\"\n}\n",
       {"record a splice | {\n  \"query_name\": \"a\"\n}"}},
      {"a carriage return between tokens",
       "{\r\"query_name\":\"a\"}",
       {"record a splice | {\r\"query_name\":\"a\"}"}},
      {"the last of two",
       R"({"query_name":"a","query_name":"b"})",
       {R"(record b | {"query_name":"a","query_name":"b"})"}},
      {"the last is a string",
       R"({"query_name":7,"query_name":"b"})",
       {R"(record b | {"query_name":7,"query_name":"b"})"}},
      {"one inside is not it",
       R"({"a":{"query_name":"x"},"query_name":"a","b":[{"query_name":"y"}]})",
       {R"(record a | {"a":{"query_name":"x"},"query_name":"a","b":[{"query_name":"y"}]})"}},
      {"a value is not it",
       R"({"a":"query_name","query_name":"a"})",
       {R"(record a | {"a":"query_name","query_name":"a"})"}},
      {"key with escapes", R"({"query\u005fname":"a"})", {R"(record a | {"query\u005fname":"a"})"}},
      {"name with escapes",
       R"({"query_name":"\\052.a\"\u0041"})",
       {R"(record \\052.a\"\u0041 escapes | {"query_name":"\\052.a\"\u0041"})"}},
      {"no UTF-8",
       "{\"query_name\":\"\xFF\xC0\",\"\x80\":\"\xED\xA0\x80\"}",
       {"record \xFF\xC0 | {\"query_name\":\"\xFF\xC0\",\"\x80\":\"\xED\xA0\x80\"}"}},
      {"lone surrogates",
       R"({"query_name":"\ud800","a":"\udc00\ud800"})",
       {R"(record \ud800 escapes | {"query_name":"\ud800","a":"\udc00\ud800"})"}},
      {"odd numbers and literals",
       R"({"query_name":"a","b":01.e+,"c":nul,"d":[-,1_000]})",
       {R"(record a | {"query_name":"a","b":01.e+,"c":nul,"d":[-,1_000]})"}},
      {"verdict there",
       R"({"query_name":"a","isMatchedDomain":"N"})",
       {R"(record a splice | {"query_name":"a","isMatchedDomain":"N"})"}},
      {"verdict there, with escapes",
       R"({"query_name":"a","isMatched\u0044omain":"N"})",
       {R"(record a splice | {"query_name":"a","isMatched\u0044omain":"N"})"}},
      {"verdict inside",
       R"({"query_name":"a","b":{"isMatchedDomain":"N"}})",
       {R"(record a | {"query_name":"a","b":{"isMatchedDomain":"N"}})"}},
      {"annotation, which is not written",
       R"({"query_name":"a","match":1,"registeredDomain":null})",
       {R"(record a | {"query_name":"a","match":1,"registeredDomain":null})"}},
      {"envelopes",
       R"({"message":1}{"rawData":""}{"logEvents":[]}{"\u006dessage":{}})",
       {R"(envelope | {"message":1})", R"(envelope | {"rawData":""})", R"(envelope | {"logEvents":[]})",
        R"(envelope | {"\u006dessage":{}})"}},
      {"query_name goes before message",
       R"({"message":"x","query_name":"a"})",
       {R"(record a | {"message":"x","query_name":"a"})"}},
      {"nothing", "", {}},
      {"blanks alone", " \r\n\t\n", {}},
  };
  for (const auto& row : cases) EXPECT_EQ(scan_all(row.stream), row.items) << row.name;
}

TEST(RecordScanner, LooksForTheMembersThatAnnotatingWrites) {
  for (std::string_view member : {"isMatchedDomain", "registeredDomain", "match"}) {
    const std::string record = "{\"" + std::string(member) + "\":0,\"query_name\":\"a\"}";
    EXPECT_EQ(scan_all(record, MarkMembers::kAnnotated), Items{"record a splice | " + record});
  }
}

TEST(RecordScanner, RejectsWhatIsNoRecordAndGoesOn) {
  const struct {
    const char* name;
    std::string_view stream;
    Items items;
  } cases[] = {
      {"a line of text",
       "hello \r\n{\"query_name\":\"a\"}",
       {"rejected: not a JSON object at 0 | hello", R"(record a | {"query_name":"a"})"}},
      {"text before a record",
       "x {\"query_name\":\"a\"} y\n",
       {"rejected: not a JSON object at 0 | x", R"(record a | {"query_name":"a"})",
        "rejected: not a JSON object at 21 | y"}},
      {"an array",
       R"([{"query_name":"a"}])",
       {"rejected: not a JSON object at 0 | [", R"(record a | {"query_name":"a"})",
        "rejected: not a JSON object at 19 | ]"}},
      {"NUL bytes",
       {"\0\0{\"query_name\":\"a\"}\0", 21},
       {{"rejected: not a JSON object at 0 | \0\0", 37},
        R"(record a | {"query_name":"a"})",
        {"rejected: not a JSON object at 20 | \0", 37}}},
      {"half a byte order mark", "\xEF\xBB", {"rejected: not a JSON object at 0 | \xEF\xBB"}},
      {"no name", R"({"a":1})", {R"(rejected: no query_name at 0 | {"a":1})"}},
      {"empty object", "{}", {"rejected: no query_name at 0 | {}"}},
      {"name is null",
       R"({"query_name":null})",
       {R"(rejected: query_name is no string at 14 | {"query_name":null})"}},
      {"the last name is an array",
       R"({"query_name":"a","query_name":["b"]})",
       {R"(rejected: query_name is no string at 31 | {"query_name":"a","query_name":["b"]})"}},
      {"rest of the line",
       "{\"a\":1,} {\"query_name\":\"a\"}\n{\"query_name\":\"b\"}",
       {"rejected: not JSON at 7 | {\"a\":1,} {\"query_name\":\"a\"}", R"(record b | {"query_name":"b"})"}},
      {"line feed in a string",
       "{\"query_name\":\"a\n{\"query_name\":\"b\"}",
       {"rejected: not JSON at 16 | {\"query_name\":\"a", R"(record b | {"query_name":"b"})"}},
      {"bracket left open",
       "{\"query_name\":\"a\",\"b\":[\n{\"query_name\":\"b\"}\n{\"query_name\":\"c\"}",
       {"rejected: not JSON at 43 | {\"query_name\":\"a\",\"b\":[", R"(record b | {"query_name":"b"})",
        R"(record c | {"query_name":"c"})"}},
      {"bracket left open at the end",
       "{\"query_name\":\"a\",\"b\":[\n{\"query_name\":\"b\"}\n",
       {"rejected: cut short at 43 | {\"query_name\":\"a\",\"b\":[", R"(record b | {"query_name":"b"})"}},
      {"several lines",
       "{\n \"a\": 1,\n}\n{\"query_name\":\"b\"}",
       {"rejected: not JSON at 11 | {\n \"a\": 1,\n}", R"(record b | {"query_name":"b"})"}},
      {"wrong bracket", R"({"a":[1}})", {R"(rejected: not JSON at 7 | {"a":[1}})"}},
      {"cut short", R"({"query_name":"a")", {R"(rejected: cut short at 17 | {"query_name":"a")"}},
      {"cut short in an escape",
       R"({"query_name":"\u00)",
       {R"(rejected: cut short at 19 | {"query_name":"\u00)"}},
      {"no such escape", R"({"query_name":"\x41"})", {R"(rejected: not JSON at 15 | {"query_name":"\x41"})"}},
      {"escape without digits",
       R"({"query_name":"\u00g0"})",
       {R"(rejected: not JSON at 15 | {"query_name":"\u00g0"})"}},
      {"control character in a string",
       "{\"query_name\":\"a\tb\"}",
       {"rejected: not JSON at 16 | {\"query_name\":\"a\tb\"}"}},
      {"control character between tokens",
       "{\f\"query_name\":\"a\"}",
       {"rejected: not JSON at 1 | {\f\"query_name\":\"a\"}"}},
  };
  for (const auto& row : cases) EXPECT_EQ(scan_all(row.stream), row.items) << row.name;
}

TEST(RecordScanner, ChecksHowTokensFollowEachOther) {
  for (std::string_view broken :
       {R"({"a"})",          R"({"a":})",        R"({"a":1,})",        R"({,"a":1})",
        R"({"a":1,,"b":2})", R"({"a"::1})",      R"({"a":1:2})",       R"({"a":1 2})",
        R"({"a":"b""c"})",   R"({"a":"b" "c"})", R"({"a" "b"})",       R"({1:2})",
        R"({[]:1})",         R"({:1})",          R"({"a":1"b":2})",    R"({"a":[1,]})",
        R"({"a":[,1]})",     R"({"a":[1,,2]})",  R"({"a":[1 2]})",     R"({"a":["b":1]})",
        R"({"a":[:]})",      R"({"a":{"b"}})",   R"({"a":{"b","c"}})", R"({"a":{"b":1,"c"}})",
        R"({"a":[}]})",      R"({"a":{]})",      R"({"a",1})",         R"({"a":1,"b"})",
        R"({"a":1,2})",      R"({"a":1,{}})",    R"({"a"{}})",         R"({"a":{}{}})",
        R"({"a":[]"b":1})",  R"({"a":[]1})",     R"({"a":1[]})",       R"({"a":1{}})",
        R"({"a":\})",        R"({"a":t\n})",     R"({\"a":1})",        R"({"a":"b"1})",
        R"({"a":1"b"})",     R"({"a":{},:1})",   R"({"a":[1]:2})",     R"({"a":[[1][2]]})"}) {
    const Items items = scan_all(broken);
    ASSERT_EQ(items.size(), 1U) << broken;
    EXPECT_TRUE(items[0].starts_with("rejected: not JSON at ")) << items[0];
  }
}

TEST(RecordScanner, TakesAThousandAndTwentyFourBracketsAndNoMore) {
  const auto nested = [](size_t depth) {
    const std::string open(depth - 1, '[');
    const std::string close(depth - 1, ']');
    return "{\"query_name\":\"a\",\"b\":" + open + close + "}";
  };
  EXPECT_EQ(scan_all(nested(kRecordDepthMax)), Items{"record a | " + nested(kRecordDepthMax)});
  EXPECT_EQ(scan_all(nested(kRecordDepthMax + 1)),
            Items{"rejected: over 1,024 brackets deep at 1045 | " + nested(kRecordDepthMax + 1)});
  EXPECT_EQ(scan_all(nested(1000000)).size(), 1U);
}

TEST(RecordScanner, TakesRecordsOf16MiBAndNoMore) {
  const auto sized = [](size_t size) {
    std::string record = R"({"query_name":"a","b":"x"})";
    record.insert(23, size - record.size(), 'x');
    return record;
  };
  const std::string after = "\n{\"query_name\":\"b\"}\n";
  EXPECT_EQ(scan_all(sized(kRecordSizeMax) + after).at(0).substr(0, 11), "record a | ");
  for (std::string_view long_text : {sized(kRecordSizeMax + 1), std::string(kRecordSizeMax + 1, 'x')}) {
    const Items items = scan_all(std::string(long_text) + after);
    ASSERT_EQ(items.size(), 2U);
    EXPECT_TRUE(items[0] == "rejected: over 16 MiB long at 16777216 | " + std::string(long_text));
    EXPECT_EQ(items[1], R"(record b | {"query_name":"b"})");
  }
}

TEST(RecordScanner, GivesOfALongItemWhatIsThereAndTheCallerDropsItsLine) {
  const Chunk chunk("{\"a\":\"" + std::string(kRecordSizeMax, 'x'));
  RecordScanner scanner;
  ScannedRecord item;
  const ScanStep step = scanner.scan(chunk.text(), false, {&item, 1});
  EXPECT_EQ(step.count, 1U);
  EXPECT_EQ(step.consumed, chunk.text().size());
  EXPECT_EQ(item.end, chunk.text().size());
  EXPECT_EQ(item.reason, RejectReason::kTooLong);
}

TEST(RecordScanner, GivesTheSameWhereverTheStreamIsCut) {
  const std::string stream =
      "\xEF\xBB\xBF{\"query_name\":\"\\\\052\\\"\",\"a\":[{\"b\":{}},1,\"\\u0041\"]}\r\n\n"
      "{\n \"query_name\" : \"b\"\n}{\"message\":\"{\\\"a\\\":1}\"}\n"
      "text {\"query_name\":\"c\"} "
      "\n{\"query_name\":\"d\",}\n{\"a\":[\n{\"query_name\":\"e\"}\n{\"query_name\":\"f\"}\xEF\xBB\n"
      "\xEF\xBB\xBF{\"a\":[\n1 2\n]}\n{\"query_name\":\"g\"";
  const Scanned whole = scan_pieces(stream, {}, 100);
  EXPECT_EQ(whole.items.size(), 12U);
  for (size_t first = 0; first <= stream.size(); ++first) {
    for (size_t second = first; second <= stream.size(); ++second) {
      const Scanned cut = scan_pieces(stream, {first, second});
      ASSERT_EQ(cut.items, whole.items) << first << ", " << second;
      ASSERT_EQ(cut.lines, whole.lines) << first << ", " << second;
    }
  }
}

TEST(RecordScanner, CountsTheLinesItConsumes) {
  EXPECT_EQ(scan_pieces("", {}).lines, 0U);
  EXPECT_EQ(scan_pieces("\n\n{\n}\n \nx\n{\"a\n{", {}, 1).lines, 7U);
}

}  // namespace
}  // namespace querymark
