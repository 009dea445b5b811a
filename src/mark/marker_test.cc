// SPDX-License-Identifier: Apache-2.0
#include "mark/marker.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "codec/base64.h"
#include "dns/domain_name.h"
#include "mark/test_lookup.h"

namespace querymark {
namespace {

// What a marker makes of `text`, as lines: the marked records, then "rejected LINE BYTE: REASON: BYTES".
std::string mark(std::string_view text, const MarkOptions& options = {}, TestLookup lookup = evil_lookup()) {
  ByteBuffer chunk;
  chunk.append(text);
  MarkedRecords marked;
  Marker marker(SuffixTable::built_in(), lookup, options);
  const Marker::Step step = marker.mark(chunk.view(), true, marked);
  EXPECT_EQ(step.consumed, text.size());
  const MarkCounts& counts = marked.counts;
  EXPECT_EQ(counts.records, counts.matched + counts.unmatched + counts.rejected + counts.control);
  EXPECT_EQ(counts.rejected, marked.rejects.size());
  std::string result(marked.text.view());
  for (const RejectedRecord& record : marked.rejects)
    result += "rejected " + std::to_string(record.line) + " " + std::to_string(record.offset) + ": " +
              record.reason + ": " + record.bytes + "\n";
  return result;
}

std::string record(std::string_view name) {
  return R"({"version":"1.100000","query_name":")" + std::string(name) + R"(","answers":[]})";
}

std::string marked_record(std::string_view name, std::string_view verdict) {
  std::string text = record(name);
  text.pop_back();
  return text + R"(,"isMatchedDomain":")" + std::string(verdict) + "\"}\n";
}

struct NameCase {
  const char* what;
  const char* name;  // as the record writes it
  const char* verdict;
};

// The test's name in a report.
void PrintTo(const NameCase& name_case, std::ostream* out) {
  *out << name_case.what;
}

class MarkerNames : public testing::TestWithParam<NameCase> {};

TEST_P(MarkerNames, AreMarkedByTheirFirstLevelDomain) {
  EXPECT_EQ(mark(record(GetParam().name)), marked_record(GetParam().name, GetParam().verdict))
      << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, MarkerNames,
    testing::ValuesIn(std::vector<NameCase>{
        {"a host below it", "www.evil.com.", "Y"},
        {"the domain itself", "evil.com", "Y"},
        {"in any case", "wWw.EVIL.Com.", "Y"},
        {"a suffix of two labels", "a.b.evil.co.uk.", "Y"},
        {"only its suffix is the same", "notevil.com.", "N"},
        {"its label further left", "evil.com.example.", "N"},
        {"as an A-label", "xn--e1afmkfd.xn--p1ai.", "Y"},
        {"as a U-label", "\xD0\xBF\xD1\x80\xD0\xB8\xD0\xBC\xD0\xB5\xD1\x80.\xD1\x80\xD1\x84.", "Y"},
        {"as a U-label in JSON escapes", R"(\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444.)", "Y"},
        {"a JSON escape", R"(www.e\u0076il.com.)", "Y"},
        {"a byte that Route 53 escapes", R"(\\052.evil.com.)", "Y"},
        {"an escaped dot is no separator", R"(www\\056evil.com.)", "N"},
        {"an allow entry", "good.com.", "N"},
        {"no valid TLD", "db.corp.internal.", "N"},
        {"an IPv4 address", "10.0.0.1", "N"},
        {"the root", ".", "N"},
        {"nothing", "", "N"},
        {"an empty label", "www..evil.com.", "N"},
        {"bytes that are no UTF-8", "\xFF\xC0.evil.com.", "Y"},
    }));

TEST(Marker, NamesOfAnySizeAreMarked) {
  const std::string labels_63 =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  const std::string fits = labels_63 + std::string(52, 'd') + ".evil.com.";
  EXPECT_EQ(fits.size(), 254);
  EXPECT_EQ(mark(record(fits)), marked_record(fits, "Y"));
  const std::string too_long = labels_63 + std::string(53, 'd') + ".evil.com.";
  EXPECT_EQ(mark(record(too_long)), marked_record(too_long, "N"));
  std::string labels;
  for (int i = 0; i < 10000; ++i) labels += "a.";
  EXPECT_EQ(mark(record(labels + "evil.com.")), marked_record(labels + "evil.com.", "N"));
}

TEST(Marker, RecordsOfABatchAndMoreKeepTheirOrder) {
  std::string input;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "host" + std::to_string(i) + (i % 3 == 0 ? ".evil.com." : ".example.com.");
    input += record(name) + "\n";
    expected += marked_record(name, i % 3 == 0 ? "Y" : "N");
  }
  EXPECT_EQ(mark(input), expected);
}

TEST(Marker, WhatCannotBeMarkedIsRejectedByteForByte) {
  EXPECT_EQ(mark(record("a.com.") + "\n{\"a\":1}\n" + record("b.com.") + "\n"),
            marked_record("a.com.", "N") + marked_record("b.com.", "N") +
                "rejected 1 58: " + std::string(to_string(RejectReason::kNoQueryName)) + ": {\"a\":1}\n");
  const std::string broken = "{\"query_name\":\"evil.com.\",}";
  EXPECT_NE(mark(broken).find(broken), std::string::npos);
  EXPECT_EQ(mark(broken).find("isMatchedDomain"), std::string::npos);
}

TEST(Marker, RejectedRecordsAreGivenTheLinesTheyStandOn) {
  const std::string line = record("a.com.") + "\n";
  std::string input;
  std::string expected;
  for (int i = 0; i < 150; ++i) {  // over two batches
    input += "\n" + line + "7\n";
    expected += "rejected " + std::to_string(3 * i + 2) + " " + std::to_string(input.size() - 2) + ": " +
                std::string(to_string(RejectReason::kNotObject)) + ": 7\n";
  }
  EXPECT_TRUE(mark(input).ends_with("\n" + expected));
}

TEST(Marker, ItemsSayWhatBecameOfWhichBytes) {
  const std::string inside = record("evil.com.");
  const std::string envelope = R"({"message":)" + inside + "}";
  const std::string input = " " + inside + "\n\n7\n" + envelope + inside;
  TestLookup lookup = evil_lookup();
  MarkedRecords marked;
  ByteBuffer chunk;
  chunk.append(input);
  Marker(SuffixTable::built_in(), lookup, {.collect_items = true}).mark(chunk.view(), true, marked);
  std::string items;
  for (const MarkedItem& item : marked.items)
    items += input.substr(item.begin, item.end - item.begin) + " " + std::to_string(item.text_end) + "\n";
  const size_t size = marked_record("evil.com.", "Y").size();
  EXPECT_EQ(items, inside + " " + std::to_string(size) + "\n7 " + std::to_string(size) + "\n" + envelope +
                       " " + std::to_string(2 * size) + "\n" + inside + " " + std::to_string(3 * size) +
                       "\n");
}

TEST(Marker, WhatTheTableDoesNotAnswerIsRejectedAndNeverN) {
  const std::string reason = "the table of interesting domains gave no answer";
  EXPECT_EQ(mark(record("evil.com.") + record("lost.com.")),
            marked_record("evil.com.", "Y") + "rejected 0 60: " + reason + ": " + record("lost.com.") + "\n");
  TestLookup lookup = evil_lookup();
  lookup.failure = "connection refused";
  EXPECT_EQ(mark(record("evil.com."), {}, lookup),
            "rejected 0 0: " + reason + ": connection refused: " + record("evil.com.") + "\n");
}

TEST(Marker, AnEarlierVerdictIsGivenTheNewValue) {
  EXPECT_EQ(mark(R"({"isMatchedDomain":"N","query_name":"evil.com."})"),
            "{\"isMatchedDomain\":\"Y\",\"query_name\":\"evil.com.\"}\n");
}

TEST(Marker, ARecordOnSeveralLinesIsPutOnOne) {
  EXPECT_EQ(mark("{\r\n  \"query_name\": \"evil.com.\",\r\n  \"answers\": [\n  ]\n}\n"),
            "{  \"query_name\": \"evil.com.\",  \"answers\": [  ],\"isMatchedDomain\":\"Y\"}\n");
}

TEST(Marker, AnnotatesWithTheDomainAndTheEntryThatDecided) {
  const MarkOptions annotate{.annotate = true};
  EXPECT_EQ(mark(R"({"query_name":"www.evil.com."})", annotate),
            R"({"query_name":"www.evil.com.","isMatchedDomain":"Y","registeredDomain":"evil.com",)"
            R"("match":{"entry":"evil.com","scope":"exact","lists":["phishing","watch \"2\""]}})"
            "\n");
  EXPECT_EQ(mark(R"({"query_name":"www.example.com."})", annotate),
            "{\"query_name\":\"www.example.com.\",\"isMatchedDomain\":\"N\",\"registeredDomain\":\"example."
            "com\"}\n");
  EXPECT_EQ(mark(R"({"query_name":"localhost."})", annotate),
            "{\"query_name\":\"localhost.\",\"isMatchedDomain\":\"N\",\"registeredDomain\":null}\n");
}

TEST(Marker, AnnotatesAnAnnotatedRecordAnew) {
  const MarkOptions annotate{.annotate = true};
  const std::string once = mark(R"({"query_name":"www.evil.com."})", annotate);
  EXPECT_EQ(mark(once, annotate), once);
  EXPECT_EQ(
      mark(once, annotate, TestLookup()),
      "{\"query_name\":\"www.evil.com.\",\"isMatchedDomain\":\"N\",\"registeredDomain\":\"evil.com\"}\n");
}

TEST(Marker, MarksTheRecordInsideAnEnvelope) {
  EXPECT_EQ(mark(R"({"message":"{\"query_name\":\"evil.com.\"}"})"),
            "{\"query_name\":\"evil.com.\",\"isMatchedDomain\":\"Y\"}\n");
  EXPECT_EQ(mark(R"({"messageType":"DATA_MESSAGE","logEvents":[{"message":"{\"query_name\":\"evil.com.\"}"},)"
                 R"({"message":"{\"query_name\":\"b.com.\"}"}]})"),
            "{\"query_name\":\"evil.com.\",\"isMatchedDomain\":\"Y\"}\n"
            "{\"query_name\":\"b.com.\",\"isMatchedDomain\":\"N\"}\n");
}

TEST(Marker, EnvelopesKeepTheOrderOfTheRecordsAroundThem) {
  EXPECT_EQ(mark(record("a.com.") + R"({"message":"{\"query_name\":\"evil.com.\"}"})" + record("b.com.")),
            marked_record("a.com.", "N") + "{\"query_name\":\"evil.com.\",\"isMatchedDomain\":\"Y\"}\n" +
                marked_record("b.com.", "N"));
}

TEST(Marker, AnEnvelopeWithoutAGoodRecordIsRejectedWhole) {
  const std::string envelope = R"({"message":"hello"})";
  const std::string result = mark(record("a.com.") + "\n" + envelope);
  EXPECT_NE(result.find(": " + envelope + "\n"), std::string::npos) << result;
  EXPECT_NE(result.find("rejected 1 58: inside it: "), std::string::npos) << result;
}

TEST(Marker, AnEnvelopeWithoutAnAnswerIsOneRecordWithoutOne) {
  const std::string lost = R"({"message":"{\"query_name\":\"lost.com.\"}"})";
  TestLookup lookup = evil_lookup();
  MarkedRecords marked;
  ByteBuffer chunk;
  chunk.append(R"({"logEvents":[)" + lost + "," + lost + ",7]}");
  Marker(SuffixTable::built_in(), lookup, {}).mark(chunk.view(), true, marked);
  EXPECT_EQ(marked.counts.records, 1U);
  EXPECT_EQ(marked.counts.rejected, 1U);
  EXPECT_EQ(marked.counts.lookups_failed, 1U);
}

TEST(Marker, AnEnvelopeWithTooManyRejectsIsRejectedWhole) {
  const auto envelope = [](size_t rejects) {
    std::string text = record("evil.com.") + "\n";
    for (size_t i = 0; i < rejects; ++i) text += "7\n";
    std::string data(base64_size(text.size()), '\0');
    encode_base64(text, data.data());
    return R"({"rawData":")" + data + "\"}";
  };
  EXPECT_TRUE(mark(envelope(Marker::kEnvelopeRejectsMax)).starts_with(marked_record("evil.com.", "Y")));
  const std::string over = envelope(Marker::kEnvelopeRejectsMax + 1);
  EXPECT_EQ(mark(over), "rejected 0 0: inside it: not a JSON object, and over 65536 such: " + over + "\n");
}

TEST(Marker, EnvelopesWithinEachOtherAreBounded) {
  std::string text = record("evil.com.");
  for (int i = 0; i < 20; ++i) {
    nlohmann::json wrapper;
    wrapper["message"] = nlohmann::json::parse(text);
    text = wrapper.dump();
  }
  EXPECT_NE(mark(text).find("rejected"), std::string::npos);
}

TEST(Marker, CollectsMatchesAsTheyStandInTheOutput) {
  TestLookup lookup = evil_lookup();
  Marker marker(SuffixTable::built_in(), lookup, {.collect_matches = true});
  ByteBuffer chunk;
  chunk.append(record("a.com.") + "\n" + record("www.evil.com.") + "\n");
  MarkedRecords marked;
  marker.mark(chunk.view(), true, marked);
  ASSERT_EQ(marked.matches.size(), 1);
  const MatchedRecord& match = marked.matches[0];
  EXPECT_EQ(match.entry, "evil.com");
  EXPECT_EQ(match.lists, (std::vector<std::string>{"phishing", "watch \"2\""}));
  EXPECT_EQ(std::string(marked.text.view().substr(match.begin, match.end - match.begin)) + "\n",
            marked_record("www.evil.com.", "Y"));
}

// The slow way: a full JSON library reads each line; the verdict goes before the last brace.
std::string mark_slowly(const std::vector<std::string>& lines) {
  std::string marked;
  std::string rejected;
  for (const std::string& line : lines) {
    const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("query_name") || !json["query_name"].is_string()) {
      rejected += line + "\n";
      continue;
    }
    const DomainName name = normalize_name(json["query_name"].get<std::string>());
    const std::string domain(SuffixTable::built_in().registrable_domain(name.text()));
    const auto& verdicts = evil_lookup().verdicts;
    const auto found = verdicts.find(domain);
    const bool matched = found != verdicts.end() && found->second == DomainMatch::Verdict::kInteresting;
    marked += line.substr(0, line.rfind('}')) + ",\"isMatchedDomain\":" + (matched ? "\"Y\"}" : "\"N\"}") +
              line.substr(line.rfind('}') + 1) + "\n";
  }
  return marked + rejected;
}

class RandomRecords {
 public:
  explicit RandomRecords(unsigned seed) : random_(seed) {}

  std::string next() {
    nlohmann::ordered_json json;
    if (below(10) > 0) json["version"] = "1.100000";
    if (below(20) == 0) json["answers"] = {{{"query_name", "evil.com."}, {"Type", "A"}}};
    if (below(30) > 0) json["query_name"] = name();
    if (below(3) == 0) json["srcport"] = below(65536);
    if (below(5) == 0) json["note"] = "\"quotes\" \\ and \t {brackets]";
    if (below(4) == 0)
      json["srcids"] = {{"instance", "i-0"}, {"deep", {1, 2.5, nullptr, true, nlohmann::json::array()}}};
    std::string text = json.is_null() ? "{}" : json.dump(-1, ' ', true);
    if (below(6) == 0) damage(text);
    return text;
  }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }

  std::string name() {
    static const std::vector<std::string> labels = {"www",  "evil", "example", "\\052",
                                                    "EVIL", "a\"b", "\xC3\xA4"};
    static const std::vector<std::string> suffixes = {"com", "co.uk", "com.", "internal.", "CO.UK."};
    std::string text;
    for (unsigned count = below(4); count > 0; --count) text += labels[below(7)] + ".";
    return text + suffixes[below(5)];
  }

  // One byte more, less or other than it was; no line break, which would make two lines of it.
  void damage(std::string& text) {
    constexpr std::string_view kBytes = "{}[]\",:\\ a1";
    const size_t at = below(static_cast<unsigned>(text.size()));
    const unsigned how = below(3);
    if (how == 0) text.erase(at, 1);
    if (how == 1) text.insert(at, 1, kBytes[below(11)]);
    if (how == 2) text[at] = kBytes[below(11)];
  }

  std::mt19937 random_;
};

bool is_json_object(const std::string& line) {
  return nlohmann::json::parse(line, nullptr, false).is_object();
}

TEST(Marker, AgreesWithAFullJsonLibraryByteForByte) {
  RandomRecords records(7);
  std::vector<std::string> lines;
  while (lines.size() < 30000) {
    std::string line = records.next();
    if (line.front() == '{' && is_json_object(line)) lines.push_back(std::move(line));
  }
  std::string input;
  for (const std::string& line : lines) input += line + "\n";
  ByteBuffer chunk;
  chunk.append(input);
  TestLookup lookup = evil_lookup();
  Marker marker(SuffixTable::built_in(), lookup, {});
  MarkedRecords marked;
  marker.mark(chunk.view(), true, marked);
  std::string result(marked.text.view());
  for (const RejectedRecord& record : marked.rejects) result += record.bytes + "\n";
  EXPECT_EQ(result, mark_slowly(lines));
}

// Numbers and literals in a form that every library takes: their grammar is not ours to check.
std::string with_plain_scalars(const std::string& line) {
  std::string result;
  bool in_string = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (in_string && line[i] == '\\') {
      result += line.substr(i++, 2);
      continue;
    }
    if (line[i] == '"') in_string = !in_string;
    const bool scalar = !in_string && std::string_view("{}[]\",: ").find(line[i]) == std::string_view::npos;
    if (!scalar) {
      result += line[i];
    } else if (result.empty() || result.back() != '0') {
      result += '0';
    }
  }
  return result;
}

TEST(Marker, MarksNothingThatAFullJsonLibraryRefuses) {
  RandomRecords records(8);
  int refused = 0;
  while (refused < 2000) {
    const std::string line = records.next();
    if (is_json_object(with_plain_scalars(line))) continue;
    ++refused;
    const std::string result = mark(line);
    // A prefix that is a whole object is one; then what follows it is rejected.
    EXPECT_NE(result.find("rejected"), std::string::npos) << line << "\n" << result;
  }
}

}  // namespace
}  // namespace querymark
