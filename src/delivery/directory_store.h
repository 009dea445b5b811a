// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "delivery/object_store.h"

namespace querymark {

// A folder: the object's key is its path in it. Folders are made as they are needed, and what is committed is
// synced with the folders that lead to it. A writer that was killed leaves a "<path>.tmp.<pid>" behind, which
// the next writer of the same key takes away.
std::unique_ptr<ObjectStore> make_directory_store(std::string path);

}  // namespace querymark
