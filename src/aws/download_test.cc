// SPDX-License-Identifier: Apache-2.0
#include "aws/download.h"

#include <gtest/gtest.h>

#include "aws/environment.h"
#include "aws/loopback_server.h"

namespace querymark {
namespace {

using After = LoopbackReply::After;

class DownloadTest : public ::testing::Test {
 protected:
  void serve(LoopbackServer::Handler handler) {
    server_ = std::make_unique<LoopbackServer>(std::move(handler));
  }

  // The file's text, or the error's.
  std::string get(const std::string& target, uint64_t size_max = kDownloadSizeMax) {
    HttpClient http{Environment()};
    Result<UniqueFd> file = download(http, server_->url() + target, size_max);
    if (!file) {
      code_ = file.error().code;
      return without_port(file.error().detail);
    }
    std::string text(1000, '\0');
    const Result<size_t> size = read_some(file->get(), text.data(), text.size(), "the file");
    text.resize(*size);
    return text;
  }

  std::string without_port(std::string text) const {
    const std::string url = server_->url();
    for (const std::string& place : {url, url.substr(7)}) {
      for (size_t at = text.find(place); at != std::string::npos; at = text.find(place))
        text.replace(at, place.size(), "SERVER");
    }
    return text;
  }

  std::unique_ptr<LoopbackServer> server_;
  Errc code_ = Errc::kClosed;
};

TEST_F(DownloadTest, GivesTheFileFromItsBeginning) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(200, "evil.com\n"); });
  EXPECT_EQ(get("/list.txt?token=secret"), "evil.com\n");
  EXPECT_EQ(server_->requests()[0].target, "/list.txt?token=secret");
  EXPECT_EQ(server_->requests()[0].header("Accept-Encoding"), "gzip");
}

TEST_F(DownloadTest, FollowsRedirectsButNotForEver) {
  serve([](const LoopbackRequest& request) {
    if (request.target == "/there") return LoopbackReply::with(200, "found");
    const std::string target = request.target == "/once" ? "/there" : request.target;
    return LoopbackReply::with(302, "moved", {{"Location", target}});
  });
  EXPECT_EQ(get("/once"), "found");
  EXPECT_NE(get("/round").find("request failed"), std::string::npos);
  EXPECT_EQ(server_->requests().size(), 2U + 1 + kDownloadRedirectsMax);
}

TEST_F(DownloadTest, SaysWhatTheServerSaidWithoutTheQuery) {
  int status = 404;
  serve([&status](const LoopbackRequest&) { return LoopbackReply::with(status, "<html>"); });
  EXPECT_EQ(get("/list.txt?token=secret"), "SERVER/list.txt: HTTP 404");
  EXPECT_EQ(code_, Errc::kNotFound);
  status = 403;
  EXPECT_EQ(get("/list.txt"), "SERVER/list.txt: HTTP 403");
  EXPECT_EQ(code_, Errc::kDenied);
  status = 503;
  EXPECT_EQ(get("/list.txt"), "SERVER/list.txt: HTTP 503");
  EXPECT_EQ(code_, Errc::kBusy);
}

TEST_F(DownloadTest, AFileCutShortIsAnError) {
  serve([](const LoopbackRequest&) {
    const LoopbackReply whole = LoopbackReply::with(200, "evil.com\nbad.com\n");
    return whole.cut(whole.bytes.size() - 3, After::kClose);
  });
  EXPECT_NE(get("/list.txt").find("reply cut short"), std::string::npos);
  EXPECT_EQ(code_, Errc::kBusy);
}

TEST_F(DownloadTest, BeyondTheSizeAllowedIsAnError) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(200, "0123456789"); });
  EXPECT_EQ(get("/list.txt", 10), "0123456789");
  EXPECT_NE(get("/list.txt", 9).find("SERVER/list.txt: more than 9 bytes"), std::string::npos);
  EXPECT_EQ(code_, Errc::kLimit);
}

TEST_F(DownloadTest, RefusesWhatIsNoUrl) {
  HttpClient http{Environment()};
  const Result<UniqueFd> file = download(http, "http://me:secret@example.com/");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Errc::kInvalid);
}

}  // namespace
}  // namespace querymark
