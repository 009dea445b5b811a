// SPDX-License-Identifier: Apache-2.0
#include "aws/sigv4.h"

#include <gtest/gtest.h>

#include <chrono>

#include "aws/digest.h"

namespace querymark {
namespace {

// The keys, date and scope of AWS's published signature test suite.
const Credentials kSuiteCredentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const SigV4Scope kSuiteScope{"us-east-1", "service"};
constexpr std::string_view kSuiteDate = "20150830T123600Z";

#define QUERYMARK_UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

SystemTime at(std::string_view iso8601) {
  return parse_iso8601(iso8601).value();
}

struct SuiteCase {
  const char* name;
  const char* method;
  const char* path;
  const char* query;
  HttpHeaders headers;  // beside Host and X-Amz-Date
  const char* body;
  const char* signed_headers;
  const char* signature;
};

const SuiteCase kSuite[] = {
    {"get-header-key-duplicate",
     "GET",
     "/",
     "",
     {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
     "",
     "host;my-header1;x-amz-date",
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"get-header-value-order",
     "GET",
     "/",
     "",
     {{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"My-Header1", "value3"}, {"My-Header1", "value2"}},
     "",
     "host;my-header1;x-amz-date",
     "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {"get-header-value-trim",
     "GET",
     "/",
     "",
     {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     "",
     "host;my-header1;my-header2;x-amz-date",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"get-unreserved",
     "GET",
     "/" QUERYMARK_UNRESERVED,
     "",
     {},
     "",
     "host;x-amz-date",
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"get-utf8",
     "GET",
     "/\u1234",
     "",
     {},
     "",
     "host;x-amz-date",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-vanilla",
     "GET",
     "/",
     "",
     {},
     "",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-empty-query-key",
     "GET",
     "/",
     "Param1=value1",
     {},
     "",
     "host;x-amz-date",
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
    {"get-vanilla-query-order-key",
     "GET",
     "/",
     "Param1=value2&Param1=Value1",
     {},
     "",
     "host;x-amz-date",
     "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"},
    {"get-vanilla-query-order-key-case",
     "GET",
     "/",
     "Param2=value2&Param1=value1",
     {},
     "",
     "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-query-order-value",
     "GET",
     "/",
     "Param1=value2&Param1=value1",
     {},
     "",
     "host;x-amz-date",
     "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
    {"get-vanilla-query-unreserved",
     "GET",
     "/",
     QUERYMARK_UNRESERVED "=" QUERYMARK_UNRESERVED,
     {},
     "",
     "host;x-amz-date",
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"get-vanilla-utf8-query",
     "GET",
     "/",
     "\u1234=bar",
     {},
     "",
     "host;x-amz-date",
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {"get-relative",
     "GET",
     "/example/..",
     "",
     {},
     "",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-relative-relative",
     "GET",
     "/example1/example2/../..",
     "",
     {},
     "",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash",
     "GET",
     "//",
     "",
     {},
     "",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash-dot-slash",
     "GET",
     "/./",
     "",
     {},
     "",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash-pointless-dot",
     "GET",
     "/./example",
     "",
     {},
     "",
     "host;x-amz-date",
     "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
    {"get-slashes",
     "GET",
     "//example//",
     "",
     {},
     "",
     "host;x-amz-date",
     "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {"get-space",
     "GET",
     "/example space/",
     "",
     {},
     "",
     "host;x-amz-date",
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {"post-header-key-sort",
     "POST",
     "/",
     "",
     {{"My-Header1", "value1"}},
     "",
     "host;my-header1;x-amz-date",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"post-header-value-case",
     "POST",
     "/",
     "",
     {{"My-Header1", "VALUE1"}},
     "",
     "host;my-header1;x-amz-date",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {"post-vanilla",
     "POST",
     "/",
     "",
     {},
     "",
     "host;x-amz-date",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-vanilla-query",
     "POST",
     "/",
     "Param1=value1",
     {},
     "",
     "host;x-amz-date",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"post-x-www-form-urlencoded",
     "POST",
     "/",
     "",
     {{"Content-Type", "application/x-www-form-urlencoded"}},
     "Param1=value1",
     "content-type;host;x-amz-date",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {"post-x-www-form-urlencoded-parameters",
     "POST",
     "/",
     "",
     {{"Content-Type", "application/x-www-form-urlencoded; charset=utf8"}},
     "Param1=value1",
     "content-type;host;x-amz-date",
     "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
};

HttpRequest suite_request(const SuiteCase& c) {
  HttpRequest request;
  request.method = c.method;
  request.url = {"https", "example.amazonaws.com", c.path, c.query};
  request.headers = c.headers;
  request.body = std::string_view(c.body);
  return request;
}

std::string suite_authorization(const std::string& signed_headers, const std::string& signature) {
  return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" +
         signed_headers + ", Signature=" + signature;
}

TEST(SigV4, AgreesWithThePublishedTestSuite) {
  for (const SuiteCase& c : kSuite) {
    HttpRequest request = suite_request(c);
    sign(request, kSuiteCredentials, kSuiteScope, to_hex(sha256(c.body)), at("2015-08-30T12:36:00Z"));
    EXPECT_EQ(find_header(request.headers, "X-Amz-Date"), kSuiteDate);
    EXPECT_EQ(find_header(request.headers, "Authorization"),
              suite_authorization(c.signed_headers, c.signature))
        << c.name;
  }
}

// post-sts-header-before: the token is signed like other headers.
TEST(SigV4, SignsTheSessionToken) {
  HttpRequest request;
  request.method = "POST";
  request.url = {"https", "example.amazonaws.com", "/", ""};
  Credentials credentials = kSuiteCredentials;
  credentials.session_token =
      "AQoDYXdzEPT//////////"
      "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YU"
      "uwthAx7mSEI/qkPpKPi/"
      "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8Y"
      "QcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
      "scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICC"
      "R/oLxBA==";
  sign(request, credentials, kSuiteScope, to_hex(sha256("")), at("2015-08-30T12:36:00Z"));
  EXPECT_EQ(find_header(request.headers, "Authorization"),
            suite_authorization("host;x-amz-date;x-amz-security-token",
                                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"));
}

TEST(SigV4, BuildsTheCanonicalRequestAndTheStringToSignOfTheSuite) {
  const HttpHeaders headers = {{"X-Amz-Date", std::string(kSuiteDate)}, {"Host", "example.amazonaws.com"}};
  const std::vector<std::string> names = {"host", "x-amz-date"};
  const std::string hash = to_hex(sha256(""));
  const SigV4Input input{"GET",      "/",        "Param2=value2&Param1=value1", headers, names, hash,
                         kSuiteDate, kSuiteScope};
  EXPECT_EQ(sigv4_canonical_request(input),
            "GET\n/\nParam1=value1&Param2=value2\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
            "host;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sigv4_string_to_sign(input),
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
            "816cd5b414d056048ba4f7c5386d6e0533120fb1fcfa93762cf0fc39e2cf19e0");
}

// The examples of the S3 API reference, all of 2013-05-24.
TEST(SigV4, AgreesWithTheExamplesOfS3) {
  const Credentials credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  const struct {
    const char* name;
    const char* method;
    const char* path;
    const char* query;
    HttpHeaders headers;
    const char* body;
    const char* signature;
  } cases[] = {
      {"GetObject",
       "GET",
       "/test.txt",
       "",
       {{"Range", "bytes=0-9"}},
       "",
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {"PutObject",
       "PUT",
       "/test%24file.text",
       "",
       {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
       "Welcome to Amazon S3.",
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
      {"GetBucketLifecycle",
       "GET",
       "/",
       "lifecycle",
       {},
       "",
       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {"ListObjects",
       "GET",
       "/",
       "max-keys=2&prefix=J",
       {},
       "",
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
  for (const auto& c : cases) {
    HttpRequest request;
    request.method = c.method;
    request.url = {"https", "examplebucket.s3.amazonaws.com", c.path, c.query};
    request.headers = c.headers;
    sign(request, credentials, {"us-east-1", "s3"}, to_hex(sha256(c.body)), at("2013-05-24T00:00:00Z"));
    EXPECT_TRUE(
        find_header(request.headers, "Authorization").ends_with(std::string("Signature=") + c.signature))
        << c.name;
    EXPECT_EQ(find_header(request.headers, "X-Amz-Content-Sha256"), to_hex(sha256(c.body)));
  }
}

TEST(SigV4, ThePathOfS3IsSignedAsSentThatOfOthersEncodedOnceMore) {
  const HttpHeaders headers = {{"Host", "h"}};
  const std::vector<std::string> names = {"host"};
  const SigV4Scope s3{"us-east-1", "s3"};
  const auto path = [&](const SigV4Scope& scope) {
    const std::string text =
        sigv4_canonical_request({"GET", "/a%20b/./..//c", "", headers, names, "", kSuiteDate, scope});
    return text.substr(4, text.find('\n', 4) - 4);
  };
  EXPECT_EQ(path(s3), "/a%20b/./..//c");
  EXPECT_EQ(path(kSuiteScope), "/c");
  EXPECT_TRUE(sigv4_canonical_request({"GET", "/a%20b", "", headers, names, "", kSuiteDate, kSuiteScope})
                  .starts_with("GET\n/a%2520b\n"));
}

TEST(SigV4, QueriesAreSortedByEncodedNameAndValue) {
  const HttpHeaders headers = {{"Host", "h"}};
  const std::vector<std::string> names = {"host"};
  const auto query = [&](std::string_view text) {
    const std::string canonical =
        sigv4_canonical_request({"GET", "/", text, headers, names, "", kSuiteDate, kSuiteScope});
    return canonical.substr(6, canonical.find('\n', 6) - 6);
  };
  const struct {
    const char* sent;
    const char* signed_as;
  } cases[] = {
      {"", ""},
      {"uploads", "uploads="},
      {"b=1&a", "a=&b=1"},
      {"a=%2b&a=+", "a=%2B&a=%2B"},
      {"a=%2f%7e", "a=%2F~"},
      {"a&&b=", "a=&b="},
      {"a=b=c", "a=b%3Dc"},
      {"partNumber=10&uploadId=x&part=1", "part=1&partNumber=10&uploadId=x"},
  };
  for (const auto& c : cases) EXPECT_EQ(query(c.sent), c.signed_as) << c.sent;
}

TEST(SigV4, WhatOthersChangeOnTheWayIsNotSigned) {
  HttpRequest request;
  request.url = {"https", "h", "/", ""};
  request.headers = {
      {"User-Agent", "a"}, {"Expect", ""}, {"X-Amzn-Trace-Id", "Root=1"}, {"X-Amz-Meta-A", "1"}};
  sign(request, kSuiteCredentials, kSuiteScope, kUnsignedPayload, at("2015-08-30T12:36:00Z"));
  EXPECT_NE(find_header(request.headers, "Authorization").find("SignedHeaders=host;x-amz-date;x-amz-meta-a,"),
            std::string_view::npos);
}

// A name that begins another one sorts first, whatever its value.
TEST(SigV4, HeadersAreSortedByNameAlone) {
  HttpRequest request;
  request.url = {"https", "h", "/", ""};
  request.headers = {{"x-amz-server-side-encryption-aws-kms-key-id", "k"},
                     {"x-amz-server-side-encryption", "z"}};
  sign(request, kSuiteCredentials, {"us-east-1", "s3"}, kUnsignedPayload, at("2015-08-30T12:36:00Z"));
  EXPECT_NE(find_header(request.headers, "Authorization")
                .find("x-amz-server-side-encryption;x-amz-server-side-encryption-aws-kms-key-id,"),
            std::string_view::npos);
}

TEST(SigV4, SigningAgainReplacesTheSignature) {
  HttpRequest request = suite_request(kSuite[5]);
  sign(request, {"OTHER", "key", "token"}, {"eu-west-1", "s3"}, kUnsignedPayload, at("2020-01-01T00:00:00Z"));
  sign(request, kSuiteCredentials, kSuiteScope, to_hex(sha256("")), at("2015-08-30T12:36:00Z"));
  EXPECT_EQ(find_header(request.headers, "Authorization"),
            suite_authorization(kSuite[5].signed_headers, kSuite[5].signature));
  EXPECT_EQ(request.headers.size(), 3u);
}

}  // namespace
}  // namespace querymark
