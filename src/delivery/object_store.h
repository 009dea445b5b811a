// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"

// Where finished objects go: a folder, a bucket. The one thing that every store promises: an object is there
// whole and durable once commit() has returned, and not at all before. It exists so that a stream can be
// tried against stores that fail.
//
//   Result<std::unique_ptr<ObjectWriter>> object = store.create("logs/2026/11/24/a.gz", deadline);
//   (*object)->append(bytes, deadline);
//   (*object)->commit(deadline);
//
// Threads: a store may be shared, a writer serves one.
namespace querymark {

class ObjectWriter {
 public:
  // Dropped without commit(), nothing of it is to be seen in the store.
  virtual ~ObjectWriter() = default;
  virtual Result<void> append(std::string_view bytes, Deadline deadline) = 0;
  // Replaces an object of the same key. REQUIRES: called once, nothing appended after.
  virtual Result<void> commit(Deadline deadline) = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  // REQUIRES: no other writer of this key.
  virtual Result<std::unique_ptr<ObjectWriter>> create(const std::string& key, Deadline deadline) = 0;
  // For people and logs: "dir:/var/lib/querymark/store".
  virtual std::string description() const = 0;
};

}  // namespace querymark
