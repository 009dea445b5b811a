// SPDX-License-Identifier: Apache-2.0
#include "service/record_streams.h"

#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace querymark {
namespace {

constexpr std::chrono::hours kNever(1);

class RecordStreamsTest : public testing::Test {
 protected:
  static RecordStreamTimes times() {
    return {.look = std::chrono::milliseconds(1), .beat = kNever, .end = kNever};
  }

  static std::optional<std::string> next(const std::shared_ptr<HttpBodySource>& source) {
    auto piece = std::make_shared<std::promise<std::optional<std::string>>>();
    source->next([piece](std::optional<std::string> text) { piece->set_value(std::move(text)); });
    return piece->get_future().get();
  }

  // With what it begins with taken.
  static std::shared_ptr<HttpBodySource> open(RecordStreams& streams, const std::string& cursor) {
    std::shared_ptr<HttpBodySource> source = streams.open(cursor);
    EXPECT_EQ(next(source), "retry: 1000\n\n");
    return source;
  }

  std::string cursor() const { return recent_.since("").cursor; }

  RecentRecords recent_;
};

TEST_F(RecordStreamsTest, GivesWhatIsKeptThenWhatComes) {
  RecordStreams streams(recent_, times());
  recent_.append("a\nb\n");
  const std::shared_ptr<HttpBodySource> source = open(streams, "");
  EXPECT_EQ(next(source), "id: " + cursor() + "\ndata: {\"lines\":[\"a\",\"b\"],\"skipped\":false}\n\n");
  recent_.append("\"c\"\n");
  EXPECT_EQ(next(source), "id: " + cursor() + "\ndata: {\"lines\":[\"\\\"c\\\"\"],\"skipped\":false}\n\n");
}

TEST_F(RecordStreamsTest, GoesOnAtTheCursor) {
  RecordStreams streams(recent_, times());
  recent_.append("a\n");
  const std::shared_ptr<HttpBodySource> source = open(streams, cursor());
  recent_.append("b\n");
  EXPECT_EQ(next(source), "id: " + cursor() + "\ndata: {\"lines\":[\"b\"],\"skipped\":false}\n\n");
}

TEST_F(RecordStreamsTest, TellsOfAGapWhereTheCursorIsAnotherProcesss) {
  RecordStreams streams(recent_, times());
  const std::shared_ptr<HttpBodySource> source = open(streams, "0011223344556677:5");
  EXPECT_EQ(next(source), "id: " + cursor() + "\ndata: {\"lines\":[],\"skipped\":true}\n\n");
}

TEST_F(RecordStreamsTest, BeatsWhereNothingComes) {
  RecordStreamTimes soon = times();
  soon.beat = std::chrono::milliseconds(1);
  RecordStreams streams(recent_, soon);
  EXPECT_EQ(next(open(streams, "")), "event: beat\ndata: {}\n\n");
}

TEST_F(RecordStreamsTest, EndsAfterItsTime) {
  RecordStreamTimes soon = times();
  soon.end = std::chrono::milliseconds(1);
  RecordStreams streams(recent_, soon);
  const std::shared_ptr<HttpBodySource> source = streams.open("");
  while (next(source)) {
  }
}

TEST_F(RecordStreamsTest, OpensNoMoreThanSoMany) {
  RecordStreams streams(recent_, times());
  std::vector<std::shared_ptr<HttpBodySource>> open;
  for (size_t i = 0; i < RecordStreams::kStreamsMax; ++i) open.push_back(streams.open(""));
  EXPECT_NE(open.back(), nullptr);
  EXPECT_EQ(streams.open(""), nullptr);
  open.pop_back();
  EXPECT_NE(streams.open(""), nullptr);
}

TEST_F(RecordStreamsTest, StoppingEndsThoseWhoWait) {
  RecordStreams streams(recent_, times());
  const std::shared_ptr<HttpBodySource> source = streams.open("");
  std::promise<std::optional<std::string>> piece;
  source->next([&piece](std::optional<std::string> text) { piece.set_value(std::move(text)); });
  streams.stop();
  EXPECT_EQ(piece.get_future().get(), std::nullopt);
  EXPECT_EQ(next(source), std::nullopt);
  EXPECT_EQ(streams.open(""), nullptr);
}

}  // namespace
}  // namespace querymark
