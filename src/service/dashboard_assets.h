// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace querymark {

// A file of the dashboard's page, compiled in (src/service/component.cmake): of web/, or of the chart
// library.
struct DashboardAsset {
  std::string_view path;          // as asked for: "/", "/assets/app.js"
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view identity;      // of its content
  std::string_view gzip;          // the content, compressed
};

std::span<const DashboardAsset> dashboard_assets();

}  // namespace querymark
