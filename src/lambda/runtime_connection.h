// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "lambda/http_reply.h"

// One kept-alive HTTP/1.1 connection to the Lambda Runtime API, which is plain HTTP on the machine itself.
//
//   RuntimeConnection connection("127.0.0.1:9001");
//   Result<HttpReply> reply = connection.exchange({"GET", "/2018-06-01/runtime/invocation/next"});
//
// No timeouts, no proxy: `next` blocks until there is an event, the environment may be frozen meanwhile for
// hours, and one that hangs is ended by Lambda itself. No library: nothing to load and initialise before the
// first request. A connection that the API has closed between two exchanges is made anew and the request sent
// again; so a request may arrive twice where the connection broke before the first byte of the reply. One
// thread at a time.
namespace querymark {

struct RuntimeRequest {
  std::string_view method;
  std::string path;
  std::string_view headers = {};  // whole lines, each with its \r\n
  std::string_view body = {};
};

class RuntimeConnection {
 public:
  // `authority`: host:port, as AWS_LAMBDA_RUNTIME_API has it. Connects at the first exchange.
  explicit RuntimeConnection(std::string authority) : authority_(std::move(authority)) {}

  // Any reply that the API gives, whatever its status, also one given before it has read the whole body. An
  // Error is a failed transport; the next exchange starts on a connection of its own.
  Result<HttpReply> exchange(const RuntimeRequest& request);

 private:
  Result<void> connect();
  Result<HttpReply> attempt(std::string_view head, std::string_view body, bool& started);

  std::string authority_;
  UniqueFd socket_;
};

}  // namespace querymark
