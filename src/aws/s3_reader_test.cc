// SPDX-License-Identifier: Apache-2.0
#include "aws/s3_reader.h"

#include <gtest/gtest.h>

#include "aws/aws_test_session.h"
#include "aws/s3_uri.h"

namespace querymark {
namespace {

// A bucket of one object, which may be replaced.
class S3ReaderTest : public ::testing::Test {
 protected:
  S3ReaderTest()
      : server_([this](const LoopbackRequest& request) { return answer(request); }),
        session_(session_with(server_)),
        s3_(*S3::open(*session_, kTestRetries)) {}

  LoopbackReply answer(const LoopbackRequest& request) const {
    if (!request.header("If-Match").empty() && request.header("If-Match") != etag_)
      return LoopbackReply::with(412, "<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>");
    const std::string range(request.header("Range"));
    if (range.empty()) return LoopbackReply::with(200, object_, {{"ETag", etag_}});
    const size_t first = std::stoul(range.substr(6));
    if (first >= object_.size())
      return LoopbackReply::with(416, "<Error><Code>InvalidRange</Code><Message>m</Message></Error>");
    const size_t last = std::min(object_.size() - 1, size_t{std::stoul(range.substr(range.find('-') + 1))});
    const std::string place =
        "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(object_.size());
    return LoopbackReply::with(206, object_.substr(first, last - first + 1),
                               {{"ETag", etag_}, {"Content-Range", place}});
  }

  // All of it, or the error's text.
  std::string read_all(S3Reader& reader) {
    std::string text;
    std::string piece(1 << 20, '\0');
    for (;;) {
      const Result<size_t> size = reader.read_some(piece.data(), piece.size());
      if (!size) return size.error().detail;
      if (*size == 0) return text;
      text.append(piece, 0, *size);
    }
  }

  std::string object_;
  std::string etag_ = "\"1\"";
  LoopbackServer server_;
  std::unique_ptr<AwsSession> session_;
  S3 s3_;
};

TEST_F(S3ReaderTest, ReadsRangeByRange) {
  for (size_t i = 0; object_.size() < 2 * kS3RangeSize + 10; ++i) object_ += std::to_string(i) + "\n";
  S3Reader reader(s3_, {"b", "k"}, Deadline::never());
  EXPECT_TRUE(read_all(reader) == object_);
  EXPECT_EQ(reader.size(), object_.size());
  EXPECT_EQ(reader.position(), object_.size());
  EXPECT_EQ(server_.requests().size(), 3U);
}

TEST_F(S3ReaderTest, AnObjectOfNoBytesIsRead) {
  S3Reader reader(s3_, {"b", "k"}, Deadline::never());
  EXPECT_EQ(read_all(reader), "");
  EXPECT_EQ(server_.requests().size(), 2U);  // the second one without a range
}

TEST_F(S3ReaderTest, AnObjectThatIsReplacedMeanwhileIsAnError) {
  object_ = std::string(kS3RangeSize + 1, 'a');
  S3Reader reader(s3_, {"b", "k"}, Deadline::never());
  char byte;
  ASSERT_TRUE(reader.read_some(&byte, 1));
  etag_ = "\"2\"";
  EXPECT_NE(read_all(reader).find("PreconditionFailed"), std::string::npos);
}

TEST(S3Uri, NamesBucketAndKey) {
  EXPECT_EQ(S3Uri::parse("s3://b/a b/c%20.txt")->key, "a b/c%20.txt");
  EXPECT_EQ(S3Uri::parse("s3://b/a/")->text(), "s3://b/a/");
  EXPECT_TRUE(S3Uri::parse("s3://b")->is_prefix());
  EXPECT_TRUE(S3Uri::parse("s3://b/")->is_prefix());
  EXPECT_FALSE(S3Uri::parse("s3://b/a")->is_prefix());
  for (const char* wrong : {"s3://", "s3:///a", "b/a"}) EXPECT_FALSE(S3Uri::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace querymark
