// SPDX-License-Identifier: Apache-2.0
#include "delivery/error_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "codec/envelope.h"

namespace querymark {
namespace {

std::string line_of(std::string_view raw_data, std::string_view message = "not JSON") {
  ByteBuffer out;
  const SystemTime time = *parse_iso8601("2026-11-24T18:05:09Z");
  append_error_record({time, time + std::chrono::milliseconds(3), "Querymark.NotMarked", message, raw_data},
                      out);
  return std::string(out.view());
}

TEST(ErrorRecord, HasTheMembersOfFirehose) {
  EXPECT_EQ(line_of("hi"),
            R"({"attemptsMade":1,"arrivalTimestamp":1795543509000,"errorCode":"Querymark.NotMarked",)"
            R"("errorMessage":"not JSON","attemptEndingTimestamp":1795543509003,"rawData":"aGk="})"
            "\n");
}

TEST(ErrorRecord, AnyBytesComeBackAsTheyWere) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const std::string line = line_of(bytes, "quote \" and \\");
  EXPECT_EQ(nlohmann::json::parse(line)["errorMessage"], "quote \" and \\");
  const Result<Envelope> opened = open_envelope(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->payloads.size(), 1U);
  EXPECT_EQ(opened->payloads[0], bytes);
}

TEST(ErrorRecord, IsToldFromOtherRecords) {
  EXPECT_TRUE(is_error_record(R"({"rawData":"aGk=","attemptsMade":"1"})"));
  for (const char* line : {"", "not json", R"({"rawData":7})", R"({"query_name":"a."})",
                           R"([{"rawData":"aGk="}])", "{\"rawData\":\"aGk=\"\n}"})
    EXPECT_FALSE(is_error_record(line)) << line;
}

}  // namespace
}  // namespace querymark
