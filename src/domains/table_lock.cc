// SPDX-License-Identifier: Apache-2.0
#include "domains/table_lock.h"

namespace querymark {

Result<FileLock> lock_table(const std::string& path) {
  constexpr int kWaitMsMax = 600'000;  // an import of tens of millions of entries
  Result<FileLock> lock = FileLock::acquire(path + ".lock", kWaitMsMax);
  if (!lock && lock.error().code == Errc::kBusy)
    return Error{Errc::kBusy, path + ": another process has been changing the table for too long"};
  return lock;
}

}  // namespace querymark
