// SPDX-License-Identifier: Apache-2.0
#include "aws/s3.h"

#include <gtest/gtest.h>

#include "aws/aws_test_session.h"
#include "aws/digest.h"
#include "aws/s3_reply.h"

namespace querymark {
namespace {

using After = LoopbackReply::After;

class S3Test : public ::testing::Test {
 protected:
  void serve(LoopbackServer::Handler handler, const RetryPolicy& policy = kTestRetries) {
    server_ = std::make_unique<LoopbackServer>(std::move(handler));
    session_ = session_with(*server_);
    s3_ = std::make_unique<S3>(*S3::open(*session_, policy));
  }
  // The bytes, or the error's text.
  std::string get(const S3Read& read) {
    std::string bytes;
    const auto sink = [&bytes](std::string_view piece) -> Result<void> {
      bytes += piece;
      return {};
    };
    const Result<S3ObjectInfo> info = s3_->get(read, sink, Deadline::never());
    if (info) info_ = *info;
    return info ? bytes : info.error().detail;
  }

  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<AwsSession> session_;
  std::unique_ptr<S3> s3_;
  S3ObjectInfo info_;
};

// A server that holds one object and knows ranges.
LoopbackReply serve_object(const LoopbackRequest& request, const std::string& object,
                           const std::string& etag) {
  if (!request.header("If-Match").empty() && request.header("If-Match") != etag) {
    return LoopbackReply::with(412, "<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>");
  }
  const std::string range(request.header("Range"));
  if (range.empty()) return LoopbackReply::with(200, object, {{"ETag", etag}});
  const size_t first = std::stoul(range.substr(6));
  const size_t hyphen = range.find('-');
  const size_t last = hyphen + 1 < range.size() ? std::stoul(range.substr(hyphen + 1)) : object.size() - 1;
  return LoopbackReply::with(
      206, object.substr(first, last - first + 1),
      {{"ETag", etag},
       {"Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
                             std::to_string(object.size())}});
}

TEST_F(S3Test, KeysAreEncodedOnceAndNeverNormalised) {
  serve([](const LoopbackRequest& request) { return serve_object(request, "x", "\"e\""); });
  EXPECT_EQ(get({"my.bucket", "a b/../\xc3\xa4+%41//c"}), "x");
  EXPECT_EQ(get({"b", "k", "v/1"}), "x");
  EXPECT_EQ(server_->requests().at(0).target, "/my.bucket/a%20b/../%C3%A4%2B%2541//c");
  EXPECT_EQ(server_->requests().at(1).target, "/b/k?versionId=v%2F1");
  EXPECT_EQ(server_->requests().at(0).header("X-Amz-Content-Sha256"), to_hex(sha256("")));
}

TEST_F(S3Test, RangesAreAskedForAndChecked) {
  serve([](const LoopbackRequest& request) { return serve_object(request, "0123456789", "\"e\""); });
  EXPECT_EQ(get({"b", "k", "", 2, 4}), "234");
  EXPECT_EQ(info_.size, 10u);
  EXPECT_EQ(get({"b", "k", "", 7}), "789");
  EXPECT_EQ(get({"b", "k"}), "0123456789");
  EXPECT_EQ(info_.size, 10u);
  EXPECT_EQ(info_.etag, "\"e\"");

  serve([](const LoopbackRequest&) { return LoopbackReply::with(200, "0123456789"); });
  EXPECT_EQ(get({"b", "k", "", 2, 4}), "S3 GetObject: not the range asked for");
}

TEST_F(S3Test, ABodyThatIsCutGoesOnWhereItStopped) {
  for (const After after : {After::kClose, After::kReset, After::kStall}) {
    serve(
        [after](const LoopbackRequest& request) {
          LoopbackReply whole = serve_object(request, "0123456789", "\"e\"");
          if (request.number == 2) return whole;
          return whole.cut(whole.bytes.find("\r\n\r\n") + 4 + 3, after);
        },
        kImpatientRetries);
    EXPECT_EQ(get({"b", "k"}), "0123456789");
    ASSERT_EQ(server_->requests().size(), 3u);
    EXPECT_EQ(server_->requests().at(1).header("Range"), "bytes=3-");
    EXPECT_EQ(server_->requests().at(2).header("Range"), "bytes=6-");
    EXPECT_EQ(server_->requests().at(2).header("If-Match"), "\"e\"");
  }
}

TEST_F(S3Test, AnObjectThatIsReplacedMeanwhileIsStaleNotMixed) {
  serve([](const LoopbackRequest& request) {
    const LoopbackReply whole =
        serve_object(request, "0123456789", request.number == 0 ? "\"old\"" : "\"new\"");
    return request.number == 0 ? whole.cut(whole.bytes.size() - 5, After::kClose) : whole;
  });
  EXPECT_EQ(get({"b", "k"}), "S3 GetObject: PreconditionFailed: m (HTTP 412), attempt 2");
}

TEST_F(S3Test, ABucketElsewhereIsAskedThere) {
  serve([](const LoopbackRequest& request) {
    if (request.number == 0) {
      return LoopbackReply::with(301, "<Error><Code>PermanentRedirect</Code></Error>",
                                 {{"x-amz-bucket-region", "ap-south-1"}});
    }
    return serve_object(request, "x", "\"e\"");
  });
  EXPECT_EQ(get({"b", "k"}), "x");
  EXPECT_EQ(get({"b", "k"}), "x");
  const std::vector<LoopbackRequest> requests = server_->requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_NE(requests[0].header("Authorization").find("/eu-west-1/s3/"), std::string_view::npos);
  EXPECT_NE(requests[1].header("Authorization").find("/ap-south-1/s3/"), std::string_view::npos);
  EXPECT_NE(requests[2].header("Authorization").find("/ap-south-1/s3/"), std::string_view::npos);
}

TEST_F(S3Test, ErrorsNameTheOperation) {
  serve([](const LoopbackRequest&) {
    return LoopbackReply::with(404, "<Error><Code>NoSuchKey</Code><Message>m</Message></Error>");
  });
  EXPECT_EQ(get({"b", "k"}), "S3 GetObject: NoSuchKey: m (HTTP 404)");
  EXPECT_TRUE(s3_->remove("b", "k", Deadline::never()));
}

TEST_F(S3Test, PutSignsWhatIsInMemoryAndStreamsTheRest) {
  serve([](const LoopbackRequest&) { return LoopbackReply::with(200, "", {{"ETag", "\"e\""}}); });
  const std::string bytes = "some bytes";
  EXPECT_EQ(*s3_->put("b", "k", std::string_view(bytes), {{"Content-Encoding", "gzip"}}, Deadline::never()),
            "\"e\"");
  const HttpBody stream(bytes.size(), [&bytes](uint64_t offset, char* out, size_t size) -> Result<size_t> {
    return bytes.copy(out, size, offset);
  });
  EXPECT_EQ(*s3_->put("b", "k", stream, {}, Deadline::never()), "\"e\"");
  const std::vector<LoopbackRequest> requests = server_->requests();
  EXPECT_EQ(requests[0].body + requests[1].body, bytes + bytes);
  EXPECT_EQ(requests[0].header("X-Amz-Content-Sha256"), to_hex(sha256(bytes)));
  EXPECT_EQ(requests[0].header("Content-Encoding"), "gzip");
  EXPECT_EQ(requests[1].header("X-Amz-Content-Sha256"), "UNSIGNED-PAYLOAD");
}

TEST_F(S3Test, AnUploadGoesPartByPart) {
  serve([](const LoopbackRequest& request) {
    if (request.target.ends_with("?uploads=")) {
      return LoopbackReply::with(200,
                                 "<InitiateMultipartUploadResult><UploadId>u/1</UploadId>"
                                 "</InitiateMultipartUploadResult>");
    }
    if (request.method == "PUT") return LoopbackReply::with(200, "", {{"ETag", "\"" + request.body + "\""}});
    if (request.method == "DELETE") return LoopbackReply::with(204, "");
    if (request.number == 3) {  // with status 200, and yet not done
      return LoopbackReply::with(200, "<Error><Code>InternalError</Code><Message>m</Message></Error>");
    }
    return LoopbackReply::with(200,
                               "<CompleteMultipartUploadResult><ETag>\"e-2\"</ETag>"
                               "</CompleteMultipartUploadResult>");
  });
  Result<S3Upload> upload = s3_->begin_upload("b", "k", {{"Content-Type", "text/plain"}}, Deadline::never());
  ASSERT_TRUE(upload) << upload.error().detail;
  ASSERT_TRUE(upload->add_part("one", Deadline::never()));
  ASSERT_TRUE(upload->add_part("two", Deadline::never()));
  const Result<std::string> etag = upload->complete(Deadline::never());
  ASSERT_TRUE(etag) << etag.error().detail;
  EXPECT_EQ(*etag, "\"e-2\"");
  EXPECT_TRUE(upload->abort(Deadline::never()));
  const std::vector<LoopbackRequest> requests = server_->requests();
  EXPECT_EQ(requests[1].target, "/b/k?partNumber=1&uploadId=u%2F1");
  EXPECT_EQ(requests[2].target, "/b/k?partNumber=2&uploadId=u%2F1");
  EXPECT_EQ(
      requests[4].body,
      "<CompleteMultipartUpload "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><PartNumber>1</PartNumber>"
      "<ETag>&quot;one&quot;</ETag></Part><Part><PartNumber>2</PartNumber><ETag>&quot;two&quot;</ETag></Part>"
      "</CompleteMultipartUpload>");
}

TEST_F(S3Test, ListGoesOnPageAfterPage) {
  serve([](const LoopbackRequest& request) {
    const std::string contents =
        "<Contents><Key>a+b%2Fc%2B</Key><Size>5</Size><ETag>e</ETag><LastModified>t</LastModified></"
        "Contents>";
    return LoopbackReply::with(
        200, "<ListBucketResult>" + contents +
                 (request.number == 0
                      ? "<IsTruncated>true</IsTruncated><NextContinuationToken>n+1=</NextContinuationToken>"
                      : "<IsTruncated>false</IsTruncated>") +
                 "</ListBucketResult>");
  });
  std::string keys;
  const Result<void> done = s3_->list(
      "b", "p/", "p/a",
      [&keys](const S3ListedObject& object) -> Result<void> {
        keys += object.key + "=" + std::to_string(object.size) + ";";
        return {};
      },
      Deadline::never());
  EXPECT_TRUE(done);
  EXPECT_EQ(keys, "a b/c+=5;a b/c+=5;");
  EXPECT_EQ(server_->requests().at(1).target,
            "/b?encoding-type=url&list-type=2&prefix=p%2F&start-after=p%2Fa&continuation-token=n%2B1%3D");
}

TEST(S3Reply, WhatIsNotOfTheFormIsAnError) {
  for (const char* body :
       {"", "<html/>", "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"}) {
    EXPECT_FALSE(read_list_reply(body)) << body;
  }
  for (const char* text :
       {"", "bytes", "bytes 5", "bytes */10", "bytes 1-2/*", "items 1-2/3", "bytes x-2/3"}) {
    EXPECT_FALSE(parse_content_range(text)) << text;
  }
  EXPECT_EQ(parse_content_range("bytes 5-9/10")->first, 5u);
  EXPECT_EQ(bucket_region({301, {{"x-amz-bucket-region", "evil.com/"}}, ""}), "");
  EXPECT_EQ(bucket_region({400, {}, "<Error><Region>eu-west-1</Region></Error>"}), "eu-west-1");
}

}  // namespace
}  // namespace querymark
