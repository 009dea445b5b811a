// SPDX-License-Identifier: Apache-2.0
#include "service/dashboard_page.h"

#include <algorithm>

#include "service/dashboard_assets.h"

namespace querymark {

void add_security_headers(HttpReply& reply) {
  static const HttpHeaders headers = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
       "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"}};
  reply.headers.insert(reply.headers.end(), headers.begin(), headers.end());
}

std::optional<HttpReply> page_reply(const HttpHead& head) {
  const std::span<const DashboardAsset> assets = dashboard_assets();
  const auto asset = std::find_if(assets.begin(), assets.end(),
                                  [&head](const DashboardAsset& one) { return one.path == head.path; });
  if (asset == assets.end()) return {};
  const std::string tag = '"' + std::string(asset->identity) + '"';
  HttpReply reply{.content_type = std::string(asset->content_type),
                  .body = {},
                  .headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}}};
  add_security_headers(reply);
  if (head.header("If-None-Match") == tag) {
    reply.status = 304;
    return reply;
  }
  reply.headers.push_back({"Content-Encoding", "gzip"});
  reply.body = asset->gzip;
  return reply;
}

}  // namespace querymark
