// SPDX-License-Identifier: Apache-2.0
#include "lambda/import_event.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

// A record of an event as S3 writes it.
std::string record(const std::string& key, const std::string& sequencer = "1",
                   const std::string& name = "ObjectCreated:Put", const std::string& more = "") {
  std::string text(R"({"eventVersion":"2.1","eventSource":"aws:s3","eventName":")");
  text.append(name).append(R"(","s3":{"s3SchemaVersion":"1.0","bucket":{"name":"lists"},"object":{"key":")");
  text.append(key).append(R"(","size":9,"eTag":"d41d","sequencer":")").append(sequencer).append("\"");
  return text.append(more).append("}}}");
}

std::string event(const std::string& records) {
  return std::string("{\"Records\":[").append(records).append("]}");
}

// "lists/a b.txt@version", one after another, or the error.
std::string tasks(const std::string& text) {
  const Result<std::vector<ImportTask>> read = read_import_event(text);
  if (!read) return read.error().detail;
  std::string all;
  for (const ImportTask& task : *read) {
    if (!all.empty()) all += " ";
    all.append(task.bucket).append("/").append(task.key);
    if (!task.version_id.empty()) all.append("@").append(task.version_id);
  }
  return all;
}

TEST(ImportEvent, EveryRecordIsATaskAndKeysAreDecoded) {
  EXPECT_EQ(tasks(event(record("a+b%2Bc.txt") + "," + record("%C3%A4/x.gz"))),
            "lists/a b+c.txt lists/\xC3\xA4/x.gz");
  EXPECT_EQ((*read_import_event(event(record("a"))))[0].etag, "\"d41d\"");
}

TEST(ImportEvent, OfOneKeyTheOlderComesFirst) {
  const auto version = [](const std::string& id) {
    return std::string(",\"versionId\":\"").append(id).append("\"");
  };
  const std::string put = "ObjectCreated:Put";
  EXPECT_EQ(
      tasks(event(record("k", "0A2", put, version("new")) + "," + record("k", "0A1F", put, version("old")) +
                  "," + record("k", "0A20", put, version("newest")))),
      "lists/k@old lists/k@new lists/k@newest");
}

TEST(ImportEvent, WhatIsSaidTwiceIsDoneOnce) {
  EXPECT_EQ(tasks(event(record("k") + "," + record("k"))), "lists/k");
}

TEST(ImportEvent, OtherEventsOfS3GiveNone) {
  EXPECT_EQ(tasks(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Time":"t","Bucket":"lists"})"), "");
  EXPECT_EQ(tasks(event(record("k", "1", "ObjectRemoved:Delete"))), "");
  EXPECT_EQ(tasks(event("")), "");
}

TEST(ImportEvent, WhatIsNoneIsRefused) {
  EXPECT_EQ(tasks("x"), "the event is not JSON");
  EXPECT_EQ(tasks("[]"), "the event has no Records: it is not of S3");
  EXPECT_EQ(tasks("{\"Records\":3}"), "the event has no Records: it is not of S3");
  EXPECT_EQ(tasks(event("{\"eventSource\":\"aws:sqs\"}")),
            "the event has a record that is not of S3, version 2");
  EXPECT_EQ(tasks(event("7")), "the event has a record that is not of S3, version 2");
  EXPECT_EQ(tasks(event(R"({"eventSource":"aws:s3","eventVersion":"3.0","eventName":"ObjectCreated:Put"})")),
            "the event has a record that is not of S3, version 2");
  EXPECT_EQ(tasks(event(record(""))), "the event has a record without bucket or key");
  EXPECT_EQ(tasks(R"({"querymarkImportTasks":[{}]})"), "the event has a task without bucket or key");
}

TEST(ImportEvent, WhatIsHandedOnComesBack) {
  const ImportTask begun{.bucket = "lists",
                         .key = "\xC3\xA4+ .txt",
                         .version_id = "v",
                         .etag = "\"e\"",
                         .started = 1'795'533'532,
                         .entries_done = 123'456'789'012,
                         .counts = {.added = 1, .already_there = 2, .removed = 0, .repeated = 3}};
  ImportTask waiting = begun;
  waiting.started = 0;
  waiting.entries_done = 0;
  const std::vector<ImportTask> both = {begun, waiting};
  EXPECT_EQ(*read_import_event(write_import_event(both)), both);
}

}  // namespace
}  // namespace querymark
