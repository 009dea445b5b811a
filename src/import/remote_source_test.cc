// SPDX-License-Identifier: Apache-2.0
#include "import/remote_source.h"

#include <gtest/gtest.h>

#include "aws/aws_test_session.h"
#include "codec/gzip.h"

namespace querymark {
namespace {

std::string gzipped(std::string_view text) {
  std::string out(gzip_size_max(text.size()), '\0');
  out.resize(GzipWriter().compress(text, out.data()).size());
  return out;
}

class RemoteSourceTest : public ::testing::Test {
 protected:
  RemoteSourceTest()
      : server_([this](const LoopbackRequest& request) {
          const std::string place =
              "bytes 0-" + std::to_string(bytes_.size() - 1) + "/" + std::to_string(bytes_.size());
          if (request.header("Range").empty()) return LoopbackReply::with(status_, bytes_);
          return LoopbackReply::with(206, bytes_, {{"ETag", "\"e\""}, {"Content-Range", place}});
        }),
        aws_(Environment(Environment::Variables{{"AWS_ACCESS_KEY_ID", "A"},
                                                {"AWS_SECRET_ACCESS_KEY", "S"},
                                                {"AWS_REGION", "eu-west-1"},
                                                {"AWS_ENDPOINT_URL", server_.url()}})) {}

  // The list's text, or the error's.
  std::string read(const std::string& location) {
    const Result<std::unique_ptr<ListSource>> source = open_list(location, aws_);
    if (!source) return source.error().detail;
    name_ = (*source)->name();
    std::string text;
    char piece[7];
    for (;;) {
      const Result<size_t> size = (*source)->read_some(piece, sizeof piece);
      if (!size) return size.error().detail;
      if (*size == 0) return text;
      text.append(piece, *size);
    }
  }

  std::string bytes_ = "0.0.0.0 evil.com\n0.0.0.0 bad.com\n";
  int status_ = 200;
  LoopbackServer server_;
  AwsAccess aws_;
  std::string name_;
};

TEST_F(RemoteSourceTest, ReadsListsFromTheWebAndFromS3PlainOrGzip) {
  const std::string text = bytes_;
  for (const std::string& bytes : {text, gzipped(text)}) {
    bytes_ = bytes;
    EXPECT_EQ(read(server_.url() + "/feeds/hosts?key=secret"), text);
    EXPECT_EQ(name_, server_.url() + "/feeds/hosts");
    EXPECT_EQ(read("s3://lists/feeds/hosts"), text);
    EXPECT_EQ(name_, "s3://lists/feeds/hosts");
  }
}

TEST_F(RemoteSourceTest, AFailedDownloadGivesNoSource) {
  status_ = 500;
  EXPECT_EQ(read(server_.url() + "/hosts"), server_.url() + "/hosts: HTTP 500");
}

TEST_F(RemoteSourceTest, SaysWhichSettingIsMissing) {
  AwsAccess nothing{Environment()};
  const Result<std::unique_ptr<ListSource>> source = open_list("s3://lists/hosts", nothing);
  ASSERT_FALSE(source);
  EXPECT_NE(source.error().detail.find("AWS_REGION"), std::string::npos) << source.error().detail;
}

TEST(ListNameOf, IsTheBaseNameWithoutTheQuery) {
  EXPECT_EQ(list_name_of("feeds/hosts.txt"), "hosts.txt");
  EXPECT_EQ(list_name_of("-"), "stdin");
  EXPECT_EQ(list_name_of("s3://lists/feeds/hosts.txt"), "hosts.txt");
  EXPECT_EQ(list_name_of("https://example.com/feeds/hosts.txt?key=a/b"), "hosts.txt");
  EXPECT_EQ(list_name_of("https://example.com/"), "example.com");
}

}  // namespace
}  // namespace querymark
