// SPDX-License-Identifier: Apache-2.0
#include "lambda/stream_processor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "codec/gzip.h"
#include "lambda/stream_processor_fixture.h"

namespace querymark {
namespace {

using Strings = std::vector<std::string>;

class StreamProcessorTest : public StreamProcessorFixture {};

std::string gzip(const std::string& text) {
  std::string out(gzip_size_max(text.size()), '\0');
  return std::string(GzipWriter().compress(text, out.data()));
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump();
}

TEST_F(StreamProcessorTest, MarksEachRecordInOrder) {
  const std::string evil = query("www.evil.com");
  const std::string good = query("good.com");
  EXPECT_EQ(process({evil, good, query("a.bad.co.uk"), query("localhost")}),
            (Strings{"Ok " + marked(evil, "Y"), "Ok " + marked(good, "N"),
                     "Ok " + marked(query("a.bad.co.uk"), "Y"), "Ok " + marked(query("localhost"), "N")}));
}

TEST_F(StreamProcessorTest, TakesEveryFraming) {
  const std::string evil = query("evil.com");
  const std::string good = query("good.com");
  const std::string event =
      R"({"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":)" + quoted(evil) + "}]}";
  EXPECT_EQ(process({
                "  " + evil + "\r\n",
                "\xEF\xBB\xBF" + evil + good,
                R"({"message":)" + quoted(evil) + "}",
                R"({"message":)" + evil + "}",
                gzip(evil + "\n" + good),
                gzip(event),
                "{\"query_name\":\n\"evil.com\"}",
            }),
            (Strings{
                "Ok " + marked(evil, "Y"),
                "Ok " + marked(evil, "Y") + marked(good, "N"),
                "Ok " + marked(evil, "Y"),
                "Ok " + marked(evil, "Y"),
                "Ok " + marked(evil, "Y") + marked(good, "N"),
                "Ok " + marked(evil, "Y"),
                "Ok {\"query_name\":\"evil.com\",\"isMatchedDomain\":\"Y\"}\n",
            }));
}

TEST_F(StreamProcessorTest, ControlMessagesAndEmptyPayloadsAreDropped) {
  const std::string control =
      R"({"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","message":"CWL CONTROL MESSAGE"}]})";
  EXPECT_EQ(process({control, gzip(control), "", " \n", gzip("")}), Strings(5, "Dropped"));
  EXPECT_EQ(metric("Control"), 2U);
  EXPECT_EQ(metric("Records"), 2U);
}

TEST_F(StreamProcessorTest, PayloadWithARecordThatIsNoneIsKeptAsItCame) {
  const std::string mixed = query("evil.com") + "\nnonsense\n" + query("good.com");
  EXPECT_EQ(process({"[1]", "{}", mixed, query("good.com")}),
            (Strings{"ProcessingFailed [1]", "ProcessingFailed {}", "ProcessingFailed " + mixed,
                     "Ok " + marked(query("good.com"), "N")}));
  EXPECT_EQ(metric("Rejected"), 3U);
  EXPECT_EQ(metric("Failures"), 3U);
}

// They are marked together, where nothing speaks against it.
TEST_F(StreamProcessorTest, PayloadsNeverReachIntoEachOther) {
  const std::string good = query("good.com");
  const std::string record = R"({"query_name":"evil.com","b":[1,{"c":2}],"d":"e f"})";
  for (size_t cut = 1; cut < record.size(); ++cut) {
    const std::string begin = record.substr(0, cut);
    const std::string end = record.substr(cut);
    EXPECT_EQ(process({good, begin, end, good, begin, "", end, good}),
              (Strings{"Ok " + marked(good, "N"), "ProcessingFailed " + begin, "ProcessingFailed " + end,
                       "Ok " + marked(good, "N"), "ProcessingFailed " + begin, "Dropped",
                       "ProcessingFailed " + end, "Ok " + marked(good, "N")}));
  }
}

TEST_F(StreamProcessorTest, LongPayloadsAndRecordsAreMarkedWhole) {
  std::string many;
  std::string many_marked;
  for (int i = 0; i < 20'000; ++i) {
    const std::string record = query((i % 3 == 0 ? "a.evil.com" : "a.good.com") + std::string(i % 2, '.'));
    many += record + "\n";
    many_marked += marked(record, i % 3 == 0 ? "Y" : "N");
  }
  const std::string pad = R"(","pad":")" + std::string(700'000, 'x') + "\"}";
  const std::string longest = R"({"query_name":"evil.com)" + pad;
  const std::string cut = longest.substr(0, 600'000);
  const std::string small = query("good.com");
  EXPECT_EQ(process({small, gzip(many), small, gzip(longest), longest, small, cut}),
            (Strings{"Ok " + marked(small, "N"), "Ok " + many_marked, "Ok " + marked(small, "N"),
                     "Ok " + marked(longest, "Y"), "Ok " + marked(longest, "Y"), "Ok " + marked(small, "N"),
                     "ProcessingFailed " + cut}));
}

TEST_F(StreamProcessorTest, PayloadThatIsNoBase64OrBrokenGzipIsKeptAsItCame) {
  const std::string cut = gzip(std::string(1000, ' ') + query("evil.com")).substr(0, 30);
  EXPECT_EQ(process({cut}), Strings{"ProcessingFailed " + cut});
  const Result<std::string> response = process_event(
      R"({"records":[{"recordId":"id-0","data":"e*="},{"recordId":"id-1"},{"recordId":"id-2","data":7}]})");
  ASSERT_TRUE(response);
  EXPECT_EQ(
      *response,
      R"({"records":[{"recordId":"id-0","result":"ProcessingFailed","data":"e*="},)"
      R"({"recordId":"id-1","result":"ProcessingFailed"},{"recordId":"id-2","result":"ProcessingFailed"}]})");
}

TEST_F(StreamProcessorTest, PayloadThatInflatesWithoutEndFailsAlone) {
  const std::string bomb = gzip(std::string(kPayloadSizeMax + 1, ' '));
  const Strings answers = process({bomb, query("good.com")});
  EXPECT_EQ(answers[0], "ProcessingFailed " + bomb);
  EXPECT_EQ(answers[1], "Ok " + marked(query("good.com"), "N"));
}

TEST_F(StreamProcessorTest, EventWithoutRecordsHasAnEmptyAnswer) {
  EXPECT_EQ(*process_event(R"({"records":[]})"), R"({"records":[]})");
}

TEST_F(StreamProcessorTest, WhatIsNoEventFailsTheInvocation) {
  for (const char* event :
       {"", "[]", "{}", R"({"records":{}})", R"({"records":[{"data":""}]})", R"({"records":[)"}) {
    const Result<std::string> response = process_event(event);
    ASSERT_FALSE(response) << event;
    EXPECT_EQ(response.error().code, Errc::kInvalid) << event;
    EXPECT_TRUE(response.error().detail.starts_with("not a Firehose transformation event: ")) << event;
  }
}

TEST_F(StreamProcessorTest, AnnotatesWhereToldTo) {
  settings_.annotate = true;
  EXPECT_EQ(process_one(query("www.evil.com")),
            "Ok " + query("www.evil.com").substr(0, query("www.evil.com").size() - 1) +
                R"(,"isMatchedDomain":"Y","registeredDomain":"evil.com",)"
                R"("match":{"entry":"evil.com","scope":"subtree","lists":["manual"]}})"
                "\n");
}

TEST_F(StreamProcessorTest, ListedMatchesByTheMostSpecificName) {
  table_.put_name("bad.worse.com");
  table_.put_name("allow#ok.bad.worse.com");
  settings_.match = MatchMode::kListed;
  EXPECT_EQ(process({query("worse.com"), query("x.bad.worse.com"), query("ok.bad.worse.com")}),
            (Strings{"Ok " + marked(query("worse.com"), "N"), "Ok " + marked(query("x.bad.worse.com"), "Y"),
                     "Ok " + marked(query("ok.bad.worse.com"), "N")}));
}

TEST_F(StreamProcessorTest, AsksForDistinctNamesOnceAndThenTheCache) {
  Strings payloads;
  for (int i = 0; i < 500; ++i) payloads.push_back(query("www.d" + std::to_string(i % 250) + ".com"));
  process(payloads);
  EXPECT_EQ(table_.requests(), 3U);
  EXPECT_EQ(metric("Lookups"), 3U);
  EXPECT_EQ(metric("CacheHits"), 0U);
  process(payloads);
  EXPECT_EQ(table_.requests(), 3U);
  EXPECT_EQ(metric("Lookups"), 0U);
  EXPECT_EQ(metric("CacheHits"), 500U);
  now_ += 60;
  process(payloads);
  EXPECT_EQ(table_.requests(), 6U);
}

TEST_F(StreamProcessorTest, WithoutCacheEveryInvocationAsks) {
  settings_.cache_lifetime = std::chrono::seconds(0);
  process({query("good.com")});
  process({query("good.com")});
  EXPECT_EQ(table_.requests(), 2U);
}

TEST_F(StreamProcessorTest, SumIsPrintedAsMetrics) {
  process(
      {query("evil.com"), query("good.com"), "[1]", R"({"messageType":"CONTROL_MESSAGE","logEvents":[]})"});
  const nlohmann::json line = nlohmann::json::parse(log_.back());
  EXPECT_EQ(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "querymark");
  EXPECT_EQ(line["FunctionName"], "f");
  EXPECT_EQ(line["Records"], 4);
  EXPECT_EQ(line["Matched"], 1);
  EXPECT_EQ(line["Unmatched"], 1);
  EXPECT_EQ(line["Rejected"], 1);
  EXPECT_EQ(line["Control"], 1);
}

TEST_F(StreamProcessorTest, LogHoldsNothingOfTheRecords) {
  settings_.notify = Notify::kEach;
  on_topic_ = [](const LoopbackRequest&) { return LoopbackReply::with(400, "<ErrorResponse/>"); };
  process({query("secret.evil.com"), R"({"secret":1})", "secret"});
  EXPECT_GE(log_.size(), 3U);
  for (const std::string& line : log_) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    EXPECT_EQ(line.find("secret"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  }
}

// Of records of 300 bytes an event of 6 MB becomes a response that is larger than Lambda takes.
TEST_F(StreamProcessorTest, ResponseStaysBelowTheLimitWhateverTheEvent) {
  Strings payloads;
  for (int i = 0; i < 17'000; ++i) {
    payloads.push_back(query("www.good.com", R"(,"pad":")" + std::string(150, 'x') + "\""));
  }
  const std::string event = firehose_event(payloads);
  ASSERT_GT(event.size(), 6'000'000U);
  const Result<std::string> response = process_event(event);
  ASSERT_TRUE(response);
  EXPECT_LE(response->size(), ResponseRoom::kSizeMax);
  EXPECT_GT(response->size(), 5'700'000U);
  const Strings answers = read_response(*response);
  ASSERT_EQ(answers.size(), payloads.size());
  const auto ok = std::count_if(answers.begin(), answers.end(),
                                [](const std::string& answer) { return answer.starts_with("Ok "); });
  EXPECT_GT(ok, 14'000);
  EXPECT_LT(ok, 17'000);
  EXPECT_EQ(answers.back(), "ProcessingFailed");
  EXPECT_EQ(metric("Failures"), static_cast<uint64_t>(17'000 - ok));
}

TEST_F(StreamProcessorTest, OnePayloadThatInflatesBeyondTheResponseFailsAlone) {
  std::string many;
  while (many.size() < 5'000'000) many += query("good.com") + "\n";
  const Strings answers = process({gzip(many), query("good.com")});
  EXPECT_EQ(answers[0], "ProcessingFailed " + gzip(many));
  EXPECT_EQ(answers[1], "Ok " + marked(query("good.com"), "N"));
}

}  // namespace
}  // namespace querymark
