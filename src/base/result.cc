// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace querymark {

static Errc code_of(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
      return Errc::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::kDenied;
    case EPIPE:
      return Errc::kClosed;
    case EBUSY:
    case EAGAIN:
      return Errc::kBusy;
    default:
      return Errc::kIo;
  }
}

Error Error::from_errno(int errno_value, std::string what) {
  return {code_of(errno_value), std::move(what) + ": " + std::generic_category().message(errno_value)};
}

}  // namespace querymark
