// SPDX-License-Identifier: Apache-2.0
#include "aws/download.h"

#include <unistd.h>

#include <cerrno>

namespace querymark {
namespace {

Errc code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return Errc::kDenied;
    case 404:
    case 410:
      return Errc::kNotFound;
    case 429:
      return Errc::kBusy;
    default:
      return status >= 500 ? Errc::kBusy : Errc::kInvalid;
  }
}

}  // namespace

bool is_web_url(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

Result<UniqueFd> download(HttpClient& http, std::string_view url, uint64_t size_max) {
  const std::string name(url.substr(0, url.find('?')));
  HttpRequest request;
  Result<HttpUrl> parsed = HttpUrl::parse(url);
  if (!parsed) return Error{parsed.error().code, name + ": " + parsed.error().detail};
  request.url = *std::move(parsed);
  request.headers = {{"Accept-Encoding", "gzip"}};

  Result<UniqueFd> file = create_work_file();
  if (!file) return file.error();
  uint64_t size = 0;
  HttpOptions options;
  options.redirects_max = kDownloadRedirectsMax;
  options.sink = [&](std::string_view bytes) -> Result<void> {
    size += bytes.size();
    if (size > size_max) return Error::limit(name + ": more than " + std::to_string(size_max) + " bytes");
    return write_all(file->get(), bytes, "the downloaded file");
  };
  const Result<HttpResponse> response = http.send(request, options);
  if (!response) return response.error();
  if (!response->ok())
    return Error{code_of(response->status), name + ": HTTP " + std::to_string(response->status)};
  if (::lseek(file->get(), 0, SEEK_SET) != 0) return Error::from_errno(errno, "read the downloaded file");
  return file;
}

}  // namespace querymark
