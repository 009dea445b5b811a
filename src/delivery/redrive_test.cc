// SPDX-License-Identifier: Apache-2.0
#include "delivery/redrive.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "aws/aws_test_session.h"
#include "base/temporary_folder.h"
#include "codec/base64.h"
#include "delivery/error_record.h"

namespace querymark {
namespace {

using nlohmann::json;
using Strings = std::vector<std::string>;

// A stream that takes everything, or answers as the test says.
class RedriveTest : public testing::Test {
 protected:
  void serve(int status = 200) {
    server_ = std::make_unique<LoopbackServer>([status](const LoopbackRequest& request) {
      json results = json::array();
      for (size_t i = 0; i < json::parse(request.body)["Records"].size(); ++i)
        results.push_back(json::object({{"RecordId", "r"}}));
      return LoopbackReply::with(status, json{{"FailedPutCount", 0}, {"RequestResponses", results}}.dump());
    });
    session_ = session_with(*server_);
  }

  void put(const std::string& name, const std::string& text) {
    std::ofstream(path(name)) << text;
    sources_.push_back({path(name), "1", text.size(), {}});
  }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  static std::string error_line(std::string_view raw_data) {
    ByteBuffer line;
    append_error_record({{}, {}, "code", "message", raw_data}, line);
    return std::string(line.view());
  }

  // "2 sources, 1 failed, 3 sent, 1 left out", or the error's text.
  std::string run() {
    Result<BackfillCheckpoint> checkpoint = BackfillCheckpoint::open(path("checkpoint"));
    std::vector<BackfillSource> left;
    for (const BackfillSource& source : sources_)
      if (!checkpoint->has(source)) left.push_back(source);
    const Result<Firehose> firehose = Firehose::open(*session_, kTestRetries);
    told_.clear();
    Observer observer(told_);
    const Result<RedriveCounts> counts = run_redrive(left, nullptr, *firehose, "dns", *checkpoint, observer);
    if (!counts) return counts.error().detail;
    return std::to_string(counts->sources) + " sources, " + std::to_string(counts->failed) + " failed, " +
           std::to_string(counts->sent) + " sent, " + std::to_string(counts->left_out) + " left out";
  }
  // What the stream was sent.
  Strings sent() const {
    Strings records;
    for (const LoopbackRequest& request : server_->requests()) {
      const json body = json::parse(request.body);
      for (const json& record : body["Records"]) {
        const std::string text = record["Data"];
        std::string bytes(base64_decoded_size_max(text.size()), '\0');
        bytes.resize(*decode_base64(text, bytes.data()));
        records.push_back(bytes);
      }
    }
    return records;
  }

  struct Observer final : RedriveObserver {
    explicit Observer(Strings& lines) : told(lines) {}
    void left_out(const BackfillSource&, std::string_view why) override { told.emplace_back(why); }
    void failed(const BackfillSource&, const Error& error) override { told.push_back(error.detail); }
    void progress(const RedriveCounts&) override {}
    Strings& told;
  };

  TemporaryFolder folder_ = *TemporaryFolder::create();
  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::vector<BackfillSource> sources_;
  Strings told_;
};

TEST_F(RedriveTest, SendsTheOriginalOfEachErrorRecordByteForByte) {
  serve();
  const std::string odd("\x1f\x8b no gzip \0\xff\n", 14);
  put("a", error_line("one") + error_line(odd));
  put("b", R"({"attemptsMade":"1","rawData":"dHdv","errorCode":"Lambda.FunctionError"}{"rawData":""})");
  EXPECT_EQ(run(), "2 sources, 0 failed, 4 sent, 0 left out");
  EXPECT_EQ(sent(), (Strings{"one", odd, "two", ""}));
  EXPECT_EQ(json::parse(server_->requests().front().body)["DeliveryStreamName"], "dns");
}

TEST_F(RedriveTest, WhatIsSentIsNotSentAgain) {
  serve();
  put("a", error_line("one"));
  EXPECT_EQ(run(), "1 sources, 0 failed, 1 sent, 0 left out");
  put("b", error_line("two"));
  EXPECT_EQ(run(), "1 sources, 0 failed, 1 sent, 0 left out");
  EXPECT_EQ(sent(), (Strings{"one", "two"}));
}

TEST_F(RedriveTest, WhatNoStreamTakesIsLeftOutAndTold) {
  serve();
  const std::string largest(kFirehoseRecordSizeMax, 'x');
  put("a", "no json\n{\"query_name\":\"a.\"}\n{\"rawData\":7}\n{\"rawData\":\"!\"}\n" + error_line(largest) +
               error_line(largest + "x") + error_line("last"));
  EXPECT_EQ(run(), "1 sources, 0 failed, 2 sent, 5 left out");
  EXPECT_EQ(sent(), (Strings{largest, "last"}));
  EXPECT_EQ(told_.size(), 5U);
}

TEST_F(RedriveTest, FillsRequestsToTheirBounds) {
  serve();
  std::string text;
  for (size_t i = 0; i < kFirehoseBatchRecordsMax + 1; ++i) text += error_line("x");
  for (size_t i = 0; i < 4; ++i) text += error_line(std::string(kFirehoseRecordSizeMax, 'y'));
  put("a", text);
  EXPECT_EQ(run(), "1 sources, 0 failed, 505 sent, 0 left out");
  EXPECT_EQ(server_->requests().size(), 3U);
}

TEST_F(RedriveTest, AStreamThatRefusesStopsItAndNothingIsCheckedOff) {
  serve(503);
  put("a", error_line("one"));
  put("b", error_line("two"));
  EXPECT_NE(run().find("503"), std::string::npos);
  EXPECT_EQ(server_->requests().size(), static_cast<size_t>(kTestRetries.attempts_max));
  serve();
  EXPECT_EQ(run(), "2 sources, 0 failed, 2 sent, 0 left out");
}

TEST_F(RedriveTest, AnObjectThatCannotBeReadToItsEndIsTriedAgain) {
  serve();
  put("a", "\x1f\x8b");
  put("b", error_line("two"));
  EXPECT_EQ(run(), "1 sources, 1 failed, 1 sent, 0 left out");
  EXPECT_NE(told_.front().find(path("a")), std::string::npos);
  std::filesystem::remove(path("a"));
  EXPECT_EQ(run(), "0 sources, 1 failed, 0 sent, 0 left out");
}

}  // namespace
}  // namespace querymark
