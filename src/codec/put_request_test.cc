// SPDX-License-Identifier: Apache-2.0
#include "codec/put_request.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

// "name: data data"; an error's text where there is one.
std::string text_of(const Result<PutRequest>& request) {
  if (!request) return request.error().detail;
  std::string text = request->name + ":";
  for (const std::string_view data : request->data) text.append(" ").append(data);
  return text;
}

TEST(PutRequest, OfTheApi) {
  EXPECT_EQ(text_of(parse_put_record(R"({"DeliveryStreamName":"s","Record":{"Data":"QQ=="}})")), "s: QQ==");
  EXPECT_EQ(text_of(parse_put_record_batch(
                R"({"Records":[{"Data":"QQ=="},{"Data":"Qg=="}],"DeliveryStreamName":"s"})")),
            "s: QQ== Qg==");
  EXPECT_EQ(text_of(parse_put_record_batch(R"({"DeliveryStreamName":"s","Records":[]})")), "s:");
}

TEST(PutRequest, OfAnHttpEndpointDestination) {
  EXPECT_EQ(
      text_of(parse_endpoint_request(
          R"({"requestId":"r\u0031","timestamp":1578090903599,"records":[{"data":"QQ=="},{"data":""}]})")),
      "r1: QQ== ");
}

TEST(PutRequest, UnknownMembersArePassedOver) {
  EXPECT_EQ(
      text_of(parse_put_record(
          R"({"X":[{"Data":"no"}],"Record":{"X":{"Data":"no"},"Data":"QQ==","Y":null},"DeliveryStreamName":"s"})")),
      "s: QQ==");
}

TEST(PutRequest, OfMembersOfOneNameTheLastCounts) {
  EXPECT_EQ(
      text_of(parse_put_record(
          R"({"DeliveryStreamName":"a","Record":{"Data":"A","Data":"B"},"Record":{"Data":"C"},"DeliveryStreamName":"b"})")),
      "b: C");
}

TEST(PutRequest, WhatIsMissingIsNamed) {
  EXPECT_EQ(text_of(parse_put_record(R"({"DeliveryStreamName":"s"})")), "no member Record");
  EXPECT_EQ(text_of(parse_put_record_batch(R"({"Record":{"Data":""}})")), "no member Records");
  EXPECT_EQ(text_of(parse_put_record(R"({"Record":{"Data":"QQ=="}})")), ": QQ==");
}

TEST(PutRequest, WhatIsWrongIsNamedByItsPlace) {
  for (const char* body : {"", "[]", "{", R"({"Records":{}})", R"({"Records":[1]})", R"({"Records":[{}]})",
                           R"({"Records":[{"Data":1}]})", R"({"DeliveryStreamName":1,"Records":[]})",
                           R"({"Records":[{"Data":"a"}]} x)"}) {
    const Result<PutRequest> request = parse_put_record_batch(body);
    ASSERT_FALSE(request) << body;
    EXPECT_TRUE(request.error().detail.starts_with("no JSON as expected at byte ")) << request.error().detail;
  }
}

}  // namespace
}  // namespace querymark
