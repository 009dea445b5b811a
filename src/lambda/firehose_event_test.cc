// SPDX-License-Identifier: Apache-2.0
#include "lambda/firehose_event.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace querymark {
namespace {

// "id:data" of each record; "-" for one without data.
std::string read(const std::string& event) {
  FirehoseEventReader reader;
  const Result<std::span<const FirehoseRecord>> records = reader.read(event);
  if (!records) return records.error().detail;
  std::string text;
  for (const FirehoseRecord& record : *records) {
    text.append(record.id).append(":").append(record.has_data ? record.data : "-").append(" ");
    EXPECT_EQ(record.data_has_escapes, record.data.find('\\') != std::string_view::npos);
  }
  return text;
}

std::string decode(std::string_view data) {
  ByteBuffer out;
  const bool has_escapes = data.find('\\') != std::string_view::npos;
  const Result<void> decoded = decode_data({"id", data, true, has_escapes}, out);
  return decoded ? std::string(out.view()) : decoded.error().detail;
}

TEST(FirehoseEvent, RecordsAreReadWhateverStandsBesideThem) {
  EXPECT_EQ(read(R"({"records":[{"recordId":"a","data":"eA=="}]})"), "a:eA== ");
  EXPECT_EQ(read(R"( { "invocationId" : "i", "sourceKinesisStreamArn":"arn", "records" : [
      {"approximateArrivalTimestamp":1.5e3,"data" : "eA==" , "kinesisRecordMetadata":{"data":"no","a":[{}]},
       "recordId" : "a"},
      {"data":"","recordId":"b"}, {"recordId":"c"}, {"recordId":"d","data":null}
    ], "region" : null } )"),
            "a:eA== b: c:- d:- ");
  EXPECT_EQ(read(R"({"records":[]})"), "");
}

TEST(FirehoseEvent, IdsAndDataAreGivenAsTheyAreWritten) {
  EXPECT_EQ(read(R"({"records":[{"recordId":"a\"\u0041","data":"e\/8="}]})"), R"(a\"\u0041:e\/8= )");
}

TEST(FirehoseEvent, OfEqualMembersTheLastCounts) {
  EXPECT_EQ(
      read(R"({"records":[{"recordId":"x"}],"records":[{"recordId":"a","data":"eA==","data":"eQ=="}]})"),
      "a:eQ== ");
}

struct BadEvent {
  const char* event;
  const char* why;
};

TEST(FirehoseEvent, WhatIsNoneIsRefused) {
  for (const BadEvent& bad : std::vector<BadEvent>{
           {R"({"records":[{"data":"eA=="}]})", "a record without recordId"},
           {R"({"records":[{"recordId":7}]})", "a record without recordId"},
           {R"({"Records":[]})", "no records"},
           {R"({})", "no records"},
       }) {
    EXPECT_EQ(read(bad.event), std::string("not a Firehose transformation event: ") + bad.why) << bad.event;
  }
  for (const char* event : {"", " ", "[]", "7", R"({"records":7})", R"({"records":[7]})",
                            R"({"records":[{"recordId":"a"})", R"({"records":[]}})", R"({"records":[]} {})",
                            R"({"records":[{"recordId":"a",]})", "{\"records\":[\"\xff\"]}"}) {
    EXPECT_TRUE(read(event).starts_with("not a Firehose transformation event: "))
        << event << " " << read(event);
  }
}

TEST(FirehoseEvent, EventsThatFillTheirMemoryAreReadFromACopy) {
  std::string event = R"({"records":[{"recordId":"a","data":"eA=="}]})";
  event.shrink_to_fit();
  EXPECT_EQ(read(event), "a:eA== ");
  event.reserve(event.size() + 1000);
  EXPECT_EQ(read(event), "a:eA== ");
}

TEST(FirehoseEvent, DataIsBase64InAJsonString) {
  EXPECT_EQ(decode("aGk="), "hi");
  EXPECT_EQ(decode(""), "");
  EXPECT_EQ(decode(R"(Pz8\/)"), "???");
  EXPECT_EQ(decode(R"(aGk\u003d)"), "hi");
  EXPECT_TRUE(decode("aGk").starts_with("base64: "));
  EXPECT_TRUE(decode("a k=").starts_with("base64: "));
  ByteBuffer out;
  EXPECT_FALSE(decode_data({"id", "", false, false}, out));
}

TEST(FirehoseEvent, ResponseHasOneAnswerARecord) {
  const std::vector<FirehoseRecord> records = {{"a", "eA==", true, false},
                                               {R"(b\"2)", "eQ==", true, false},
                                               {"c", "eg==", true, false},
                                               {"d", "", false, false}};
  const std::vector<FirehoseAnswer> answers = {{FirehoseResult::kOk, "hi"},
                                               {FirehoseResult::kDropped, {}},
                                               {FirehoseResult::kProcessingFailed, {}},
                                               {FirehoseResult::kProcessingFailed, {}}};
  EXPECT_EQ(write_firehose_response(records, answers, ResponseRoom(records)),
            R"({"records":[{"recordId":"a","result":"Ok","data":"aGk="},)"
            R"({"recordId":"b\"2","result":"Dropped"},)"
            R"({"recordId":"c","result":"ProcessingFailed","data":"eg=="},)"
            R"({"recordId":"d","result":"ProcessingFailed"}]})");
  EXPECT_EQ(write_firehose_response({}, {}, ResponseRoom()), R"({"records":[]})");
}

// As long as the room lasts, the response is no longer than it may be, to the byte.
TEST(FirehoseEvent, RoomIsWhatALimitLeaves) {
  const std::string id(73, '4');
  const std::vector<FirehoseRecord> records(3, FirehoseRecord{id, "", false, false});
  ResponseRoom room(records);
  std::string bytes;
  size_t step = 4'000'000;
  while (step > 0) {  // the most that still fits
    ResponseRoom trial = room;
    if (trial.take(bytes.size() + step)) {
      bytes.resize(bytes.size() + step, 'x');
    } else {
      step /= 2;
    }
  }
  ASSERT_TRUE(room.take(bytes.size()));
  EXPECT_FALSE(room.take(3));
  const std::vector<FirehoseAnswer> answers = {{FirehoseResult::kOk, bytes}, {}, {}};
  const size_t size = write_firehose_response(records, answers, room).size();
  EXPECT_LE(size, ResponseRoom::kSizeMax);
  EXPECT_GT(size, ResponseRoom::kSizeMax - 100);
}

TEST(FirehoseEvent, OriginalsGoBackOnlyWhereThereIsRoom) {
  const std::string data(4'000'000, 'A');
  const std::vector<FirehoseRecord> records(2, FirehoseRecord{"a", data, true, false});
  const std::string response =
      write_firehose_response(records, std::vector<FirehoseAnswer>(2), ResponseRoom(records));
  EXPECT_LE(response.size(), ResponseRoom::kSizeMax);
  EXPECT_TRUE(response.ends_with(R"({"recordId":"a","result":"ProcessingFailed"}]})"));
}

}  // namespace
}  // namespace querymark
