// SPDX-License-Identifier: Apache-2.0
// Any bytes as a body: what is given out lies within it, and a request that is taken is JSON.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "codec/json_cursor.h"
#include "codec/put_request.h"

using namespace querymark;

static void require(bool condition) {
  if (!condition) std::abort();
}

static void check(const Result<PutRequest>& request, std::string_view body) {
  if (!request) return;
  for (const std::string_view data : request->data) {
    require(data.data() >= body.data() && data.data() + data.size() <= body.data() + body.size());
  }
  // Members that are passed over may be nested two deeper within a request than on their own.
  if (std::count(body.begin(), body.end(), '[') + std::count(body.begin(), body.end(), '{') >
      JsonCursor::kDepthMax)
    return;
  JsonCursor json(body);
  require(json.skip_value() && json.finish());
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(bytes), size);
  for (const auto& parse : {parse_put_record, parse_put_record_batch, parse_endpoint_request})
    check(parse(body), body);
  return 0;
}
