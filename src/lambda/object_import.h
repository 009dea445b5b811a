// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/dynamodb.h"
#include "aws/s3.h"
#include "base/deadline.h"
#include "import/import_receipt.h"
#include "import/importer.h"
#include "lambda/import_event.h"
#include "lists/list_format.h"
#include "psl/suffix_table.h"

// One object in S3 into a DynamoDB table, as far as the time allows.
//
// It is read once without writing anything, so that a page, a damaged archive or a list without its column
// changes nothing, and then again, entries going to the table as they are read: sorting them first, as
// `querymark domains import` does, would want room for all of them. An import that goes on where another
// stopped reads the object from its beginning, too, and passes over the entries that are done: reading takes
// 0.1 us an entry where writing takes 50, and so archives, columns that a first line names, line numbers and
// the format that was recognised need no care. Memory: some 40 MB, whatever the size of the object.
namespace querymark {

struct ObjectImportOptions {
  std::string table;
  EntryKeep keep = EntryKeep::kRegistered;
  ListFormat format = ListFormat::kAuto;
  Deadline stop_at = Deadline::never();   // stops reading, to write what is under way
  Deadline deadline = Deadline::never();  // of every request
};

struct ObjectImport {
  bool done = false;      // else the time was up: it goes on at task.entries_done
  ImportSummary summary;  // once done
};

// Brings `task` up to date. `receipt`: what was left out, all of it once done. Errors: kStale where the
// object has been replaced since; those of S3, of the reader and of DynamoDB. What was written stands;
// importing again comes to the same end.
Result<ObjectImport> import_object(const S3& s3, const DynamoDb& dynamodb, const SuffixTable& suffixes,
                                   const ObjectImportOptions& options, ImportTask& task,
                                   ImportReceipt& receipt);

}  // namespace querymark
