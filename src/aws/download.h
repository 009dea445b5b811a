// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/http_client.h"
#include "base/file.h"

// Whole files from the web, for those who must not begin with half of one.
//
//   Result<UniqueFd> file = download(http, "https://lists.example.com/hosts.txt");
//
// The file has no name and is open at its beginning. A body that is compressed on its way stays so.
// Redirects are followed, but never from https to http. Errors: kNotFound and kDenied as the server says,
// kBusy where it failed, the transfer broke or stood still for half a minute, kLimit beyond the size allowed;
// their texts name the URL without its query.
namespace querymark {

inline constexpr uint64_t kDownloadSizeMax = uint64_t{16} << 30;
inline constexpr int kDownloadRedirectsMax = 10;

// "http://…" or "https://…"
bool is_web_url(std::string_view text);

Result<UniqueFd> download(HttpClient& http, std::string_view url, uint64_t size_max = kDownloadSizeMax);

}  // namespace querymark
