// SPDX-License-Identifier: Apache-2.0
// Any bytes as an HTTP reply: read one byte at a time they give what they give at once.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lambda/http_reply.h"

using namespace querymark;

static std::string read(std::string_view bytes, size_t piece_size) {
  HttpReplyReader reader;
  Result<bool> whole = false;
  for (size_t at = 0; at < bytes.size(); at += piece_size) {
    whole = reader.add(bytes.substr(at, piece_size));
    if (!whole) return whole.error().detail;
  }
  if (!*whole) whole = reader.end();
  if (!whole) return whole.error().detail;
  const HttpReply reply = reader.take();
  std::string text = std::to_string(reply.status) + (reply.keep_alive ? " keep-alive\n" : " close\n");
  for (const auto& [name, value] : reply.headers) text.append(name).append(": ").append(value).append("\n");
  return text + reply.body;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (read(bytes, 1) != read(bytes, std::max<size_t>(size, 1))) std::abort();
  return 0;
}
