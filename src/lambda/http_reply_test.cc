// SPDX-License-Identifier: Apache-2.0
#include "lambda/http_reply.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace querymark;

// The reply as a line: "200 keep-alive body", or the error's detail. `piece_size`: how many bytes arrive at
// once.
static std::string read(std::string_view bytes, size_t piece_size, bool then_closed) {
  HttpReplyReader reader;
  for (size_t at = 0; at < bytes.size(); at += piece_size) {
    const Result<bool> whole = reader.add(bytes.substr(at, piece_size));
    if (!whole) return whole.error().detail;
    if (*whole && at + piece_size < bytes.size()) continue;  // the next add() refuses what follows
    if (*whole) {
      const HttpReply reply = reader.take();
      return std::to_string(reply.status) + (reply.keep_alive ? " keep-alive " : " close ") + reply.body;
    }
  }
  if (!then_closed) return "incomplete";
  const Result<bool> whole = reader.end();
  if (!whole) return whole.error().detail;
  const HttpReply reply = reader.take();
  return std::to_string(reply.status) + (reply.keep_alive ? " keep-alive " : " close ") + reply.body;
}

struct Row {
  std::string name;
  std::string bytes;
  std::string expected;
  bool then_closed = false;
};

static void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (size_t piece_size = 1; piece_size <= row.bytes.size(); ++piece_size) {
      EXPECT_EQ(read(row.bytes, piece_size, row.then_closed), row.expected)
          << row.name << ", " << piece_size << " bytes at a time";
    }
  }
}

TEST(HttpReplyReader, GivesTheReplyHoweverItsBytesArrive) {
  expect_rows({
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 keep-alive hello"},
      {"no body", "HTTP/1.1 202 Accepted\r\ncontent-length:0\r\n\r\n", "202 keep-alive "},
      {"no reason", "HTTP/1.1 202\r\nContent-Length: 0\r\n\r\n", "202 keep-alive "},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", "204 keep-alive "},
      {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "200 keep-alive hi"},
      {"close", "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nhi", "200 close hi"},
      {"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "200 close hi"},
      {"chunks",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\nA\r\nlo, world!\r\n0\r\n\r\n",
       "200 keep-alive hello, world!"},
      {"trailers", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nZ: 1\r\n\r\n",
       "200 keep-alive a"},
      {"interim", "HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
       "200 keep-alive a"},
      {"until close", "HTTP/1.1 200 OK\r\n\r\nall there is", "200 close all there is", true},
      {"same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
       "200 keep-alive a"},
  });
}

TEST(HttpReplyReader, RefusesWhatIsNoReply) {
  expect_rows({
      {"other protocol", "SSH-2.0-OpenSSH_9.2\r\n", "not an HTTP/1 reply"},
      {"HTTP/2", "HTTP/2 200\r\n\r\n", "not an HTTP/1 reply"},
      {"status of letters", "HTTP/1.1 abc OK\r\n\r\n", "not an HTTP/1 reply"},
      {"status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "not an HTTP/1 reply"},
      {"header without colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
       "HTTP reply has a header line without a name"},
      {"folded header", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n\r\n",
       "HTTP reply has a header line without a name"},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
       "HTTP reply has two lengths"},
      {"length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
       "HTTP reply has a length that is no number"},
      {"length past 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
       "HTTP reply has a length that is no number"},
      {"length past the bound", "HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n",
       "body of the HTTP reply passes 16 MiB"},
      {"gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
       "unknown transfer encoding in the HTTP reply"},
      {"chunk without size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
       "HTTP chunk without a size"},
      {"chunk too long", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
       "HTTP chunk is longer than it says"},
      {"closed in the head", "HTTP/1.1 200 OK\r\nConten", "connection closed within an HTTP reply", true},
      {"closed in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
       "connection closed within an HTTP reply", true},
      {"closed in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
       "connection closed within an HTTP reply", true},
      {"more than a reply", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
       "bytes after the end of the HTTP reply"},
  });
}

TEST(HttpReplyReader, HasHeadersByLowerCaseName) {
  HttpReplyReader reader;
  const Result<bool> whole =
      reader.add("HTTP/1.1 200 OK\r\nLAMBDA-Runtime-Aws-Request-ID:  id 1\t\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(whole && *whole);
  const HttpReply reply = reader.take();
  EXPECT_EQ(reply.header("lambda-runtime-aws-request-id"), "id 1");
  EXPECT_EQ(reply.header("lambda-runtime-trace-id"), "");
}

TEST(HttpReplyReader, LeavesRoomBehindABodyWhoseLengthItKnows) {
  const std::string body(5000, 'x');
  HttpReplyReader reader;
  ASSERT_TRUE(*reader.add("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body));
  const HttpReply reply = reader.take();
  EXPECT_EQ(reply.body, body);
  EXPECT_GE(reply.body.capacity(), body.size() + kReplyBodyPadding);
}

TEST(HttpReplyReader, BoundsTheHead) {
  const std::string start = "HTTP/1.1 200 OK\r\nX: ";
  const std::string end = "\r\nContent-Length: 0\r\n\r\n";
  const std::string fits = start + std::string(kReplyHeadSizeMax - start.size() - end.size(), 'x') + end;
  EXPECT_EQ(read(fits, fits.size(), false), "200 keep-alive ");
  const std::string too_long =
      start + std::string(kReplyHeadSizeMax - start.size() - end.size() + 1, 'x') + end;
  EXPECT_EQ(read(too_long, too_long.size(), false), "head of the HTTP reply passes 64 KiB");
}

TEST(HttpReplyReader, BoundsBodiesThatDoNotSayTheirLength) {
  const std::string body(kReplyBodySizeMax, 'x');
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\n" + body, 65536, true), "200 close " + body);
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\n" + body + "x", 65536, true),
            "body of the HTTP reply passes 16 MiB");
}
