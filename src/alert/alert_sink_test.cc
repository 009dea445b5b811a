// SPDX-License-Identifier: Apache-2.0
#include "alert/alert_sink.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "aws/loopback_server.h"
#include "base/file.h"
#include "base/temporary_folder.h"

namespace querymark {
namespace {

using std::chrono::milliseconds;

Notification text(const std::string& line) {
  Notification notification;
  notification.text = line;
  notification.id = "id-" + line;
  return notification;
}

class AlertSinkTest : public testing::Test {
 protected:
  AlertSinkTest() : folder_(*TemporaryFolder::create()) { ::signal(SIGPIPE, SIG_IGN); }

  void open(const std::string& uri, Environment environment = Environment()) {
    aws_ = std::make_unique<AwsAccess>(std::move(environment));
    Result<std::unique_ptr<AlertSink>> sink = open_alert_sink(uri, {*aws_, ""});
    ASSERT_TRUE(sink) << sink.error().detail;
    sink_ = *std::move(sink);
  }
  // "ok", or of what failed "0:error 1:error".
  std::string send(const std::vector<Notification>& notifications,
                   milliseconds time = std::chrono::seconds(20)) {
    std::string failures;
    for (const SendFailure& failure : sink_->send(notifications, Deadline::after(time)).failures)
      failures += std::to_string(failure.index) + ":" + failure.error.detail + " ";
    return failures.empty() ? "ok" : failures;
  }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string read(const std::string& name) const { return *read_file(path(name), 1 << 26); }
  std::string program(const std::string& lines) {
    std::ofstream(path("program")) << "#!/bin/sh\n" << lines << "\n";
    EXPECT_EQ(::chmod(path("program").c_str(), 0755), 0);
    return "exec:" + path("program");
  }

  TemporaryFolder folder_;
  std::unique_ptr<AwsAccess> aws_;
  std::unique_ptr<AlertSink> sink_;
};

TEST_F(AlertSinkTest, UriSaysWhichSink) {
  AwsAccess aws{Environment()};
  for (const char* bad : {"", "file", "file:", "ftp://example.com/", "mailto:me", "sns:topic", "https://"})
    EXPECT_EQ(open_alert_sink(bad, {aws, ""}).error().code, Errc::kInvalid) << bad;
  open("file:" + path("a"));
  EXPECT_EQ(sink_->name(), "file:" + path("a"));
}

TEST_F(AlertSinkTest, FileTakesALineEachAndIsPrivate) {
  open("file:" + path("alerts"));
  EXPECT_EQ(send({text("a"), text("b")}), "ok");
  EXPECT_EQ(send({text("c")}), "ok");
  EXPECT_TRUE(sink_->sync());
  EXPECT_EQ(read("alerts"), "a\nb\nc\n");
  struct stat status {};
  ASSERT_EQ(::stat(path("alerts").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(AlertSinkTest, FileThatWasMovedAwayIsMadeAnew) {
  open("file:" + path("alerts"));
  EXPECT_EQ(send({text("a")}), "ok");
  std::filesystem::rename(path("alerts"), path("alerts.1"));
  EXPECT_EQ(send({text("b")}), "ok");
  EXPECT_EQ(read("alerts.1"), "a\n");
  EXPECT_EQ(read("alerts"), "b\n");
}

TEST_F(AlertSinkTest, FileOfAFullDiskFailsFromThereOn) {
  open("file:/dev/full");
  const std::string failures = send({text("a"), text("b")});
  EXPECT_TRUE(failures.starts_with("0:write /dev/full")) << failures;
  EXPECT_NE(failures.find("1:write /dev/full"), std::string::npos) << failures;
}

TEST_F(AlertSinkTest, ProgramGetsTheTextAndSaysHowItWent) {
  open(program("cat >> " + path("got")));
  EXPECT_EQ(send({text("a")}), "ok");
  EXPECT_EQ(send({text(std::string(1 << 20, 'x'))}), "ok");
  EXPECT_EQ(read("got"), "a\n" + std::string(1 << 20, 'x') + "\n");
  open(program("exit 3"));
  EXPECT_NE(send({text("a")}).find("ended with exit status 3"), std::string::npos);
  open(program("kill -9 $$"));
  EXPECT_NE(send({text("a")}).find("ended with signal 9"), std::string::npos);
  open("exec:/nowhere/at/all");
  EXPECT_NE(send({text("a")}).find("start /nowhere/at/all"), std::string::npos);
}

TEST_F(AlertSinkTest, ProgramNeedNotReadItsInput) {
  open(program("exec true"));
  EXPECT_EQ(send({text(std::string(1 << 20, 'x'))}), "ok");
}

TEST_F(AlertSinkTest, ProgramThatDoesNotEndIsKilled) {
  open(program("exec sleep 1000"));
  EXPECT_NE(send({text("a")}, milliseconds(50)).find("did not end in time"), std::string::npos);
  EXPECT_NE(send({text(std::string(1 << 20, 'x'))}, milliseconds(50)).find("did not read in time"),
            std::string::npos);
}

TEST_F(AlertSinkTest, TopicGetsMatchesInBatchesAndAFifoOneTheirIds) {
  LoopbackServer server([](const LoopbackRequest&) {
    return LoopbackReply::with(
        200,
        "<PublishBatchResponse><PublishBatchResult><Successful><member><Id>0</Id></member>"
        "<member><Id>1</Id></member></Successful></PublishBatchResult>"
        "</PublishBatchResponse>");
  });
  const Environment environment(Environment::Variables{
      {"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}, {"AWS_ENDPOINT_URL", server.url()}});
  open("sns:arn:aws:sns:eu-west-1:123456789012:matches.fifo", environment);
  EXPECT_EQ(sink_->batch_max(), 10U);
  EXPECT_EQ(send({text("{\"a\":1}"), text("{\"a\":2}")}), "ok");
  const std::string body = server.requests().at(0).body;
  EXPECT_NE(body.find("Subject=Route+53+Query+Log+Matched"), std::string::npos) << body;
  EXPECT_NE(body.find("MessageGroupId=querymark"), std::string::npos);
  EXPECT_NE(body.find("MessageDeduplicationId=id-"), std::string::npos);
}

TEST_F(AlertSinkTest, TopicThatFailsIsAskedOnceByASend) {
  LoopbackServer server([](const LoopbackRequest&) { return LoopbackReply::with(500, "<Error/>"); });
  const Environment environment(Environment::Variables{
      {"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}, {"AWS_ENDPOINT_URL", server.url()}});
  open("sns:arn:aws:sns:eu-west-1:123456789012:matches", environment);
  const AlertOutcome outcome = sink_->send(std::vector{text("{}"), text("{}")}, Deadline::never());
  ASSERT_EQ(outcome.failures.size(), 2U);
  EXPECT_FALSE(is_refusal(outcome.failures[0].error));
  EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace querymark
