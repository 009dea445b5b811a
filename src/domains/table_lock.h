// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/file_lock.h"

namespace querymark {

// Held by whoever changes the table at `path` or compiles its set. Readers of either need none. kDenied in a
// folder that cannot be written to.
Result<FileLock> lock_table(const std::string& path);

}  // namespace querymark
