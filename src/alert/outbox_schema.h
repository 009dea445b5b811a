// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "domains/sqlite_database.h"

namespace querymark {

// Makes the tables of an outbox in a file that is empty. kInvalid for a file of another kind, kUnsupported
// for one of another version.
Result<void> require_outbox_schema(const SqliteDatabase& database);

}  // namespace querymark
