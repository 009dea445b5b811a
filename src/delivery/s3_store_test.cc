// SPDX-License-Identifier: Apache-2.0
#include "delivery/s3_store.h"

#include <gtest/gtest.h>

#include "aws/aws_test_session.h"

namespace querymark {
namespace {

constexpr const char* kUpload =
    "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>";
constexpr const char* kComplete =
    "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>";

Deadline soon() {
  return Deadline::after(std::chrono::seconds(20));
}

// As S3 answers each step; `refused`: what the target of a request that fails holds.
LoopbackServer::Handler s3_that_refuses(const std::string& refused) {
  return [refused](const LoopbackRequest& request) {
    if (!refused.empty() && (request.method + " " + request.target).find(refused) != std::string::npos)
      return LoopbackReply::with(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
    if (request.target.find("uploads") != std::string::npos) return LoopbackReply::with(200, kUpload);
    if (request.method == "POST") return LoopbackReply::with(200, kComplete);
    if (request.method == "DELETE") return LoopbackReply::with(204, "");
    return LoopbackReply::with(200, "", {{"ETag", "\"e\""}});
  };
}

// "PUT /bucket/key" of each request, its size where there is one.
std::string requests_of(const LoopbackServer& server) {
  std::string text;
  for (const LoopbackRequest& request : server.requests()) {
    text += request.method + " " + request.target;
    if (request.method == "PUT") text += " " + std::to_string(request.body.size());
    text += "\n";
  }
  return text;
}

Result<void> write_object(ObjectStore& store, const std::vector<std::string>& pieces) {
  Result<std::unique_ptr<ObjectWriter>> object = store.create("a/b.gz", soon());
  if (!object) return object.error();
  for (const std::string& piece : pieces) {
    if (Result<void> done = (*object)->append(piece, soon()); !done) return done;
  }
  return (*object)->commit(soon());
}

std::string written(const std::string& refused, const std::vector<std::string>& pieces, bool is_done,
                    const std::string& uri = "s3://logs/x") {
  const LoopbackServer server(s3_that_refuses(refused));
  const std::unique_ptr<AwsSession> session = session_with(server);
  const Result<std::unique_ptr<ObjectStore>> store = open_s3_store(uri, *session);
  EXPECT_EQ(write_object(**store, pieces).has_value(), is_done);
  return requests_of(server);
}

const std::string kMebibyte(size_t{1} << 20, 'x');

TEST(S3Store, PutsASmallObjectAtOnce) {
  EXPECT_EQ(written("", {"abc", "de"}, true), "PUT /logs/x/a/b.gz 5\n");
  EXPECT_EQ(written("", {"abc"}, true, "s3://logs"), "PUT /logs/a/b.gz 3\n");
  EXPECT_EQ(written("", {"abc"}, true, "s3://logs/"), "PUT /logs/a/b.gz 3\n");
}

TEST(S3Store, PutsALargeObjectInParts) {
  EXPECT_EQ(written("", std::vector<std::string>(17, kMebibyte), true),
            "POST /logs/x/a/b.gz?uploads=\n"
            "PUT /logs/x/a/b.gz?partNumber=1&uploadId=u1 8388608\n"
            "PUT /logs/x/a/b.gz?partNumber=2&uploadId=u1 8388608\n"
            "PUT /logs/x/a/b.gz?partNumber=3&uploadId=u1 1048576\n"
            "POST /logs/x/a/b.gz?uploadId=u1\n");
}

TEST(S3Store, AbortsAnUploadThatFails) {
  EXPECT_EQ(written("partNumber=2", std::vector<std::string>(17, kMebibyte), false),
            "POST /logs/x/a/b.gz?uploads=\n"
            "PUT /logs/x/a/b.gz?partNumber=1&uploadId=u1 8388608\n"
            "PUT /logs/x/a/b.gz?partNumber=2&uploadId=u1 8388608\n"
            "DELETE /logs/x/a/b.gz?uploadId=u1\n");
  EXPECT_TRUE(written("POST /logs/x/a/b.gz?uploadId", std::vector<std::string>(8, kMebibyte), false)
                  .ends_with("DELETE /logs/x/a/b.gz?uploadId=u1\n"));
}

TEST(S3Store, AnObjectThatIsNotCommittedIsNotThere) {
  const LoopbackServer server(s3_that_refuses(""));
  const std::unique_ptr<AwsSession> session = session_with(server);
  const Result<std::unique_ptr<ObjectStore>> store = open_s3_store("s3://logs/x/", *session);
  {
    const auto object = (*store)->create("a", soon());
    ASSERT_TRUE((*object)->append("abc", soon()));
  }
  EXPECT_EQ(requests_of(server), "");
  EXPECT_EQ((*store)->description(), "s3://logs/x/");
}

TEST(S3Store, OtherUrisAreRefused) {
  const LoopbackServer server(s3_that_refuses(""));
  const std::unique_ptr<AwsSession> session = session_with(server);
  for (const char* uri : {"", "s3:", "s3://", "s3:///x", "dir:x"})
    EXPECT_EQ(open_s3_store(uri, *session).error().code, Errc::kInvalid) << uri;
}

}  // namespace
}  // namespace querymark
