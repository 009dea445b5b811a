// SPDX-License-Identifier: Apache-2.0
#include "query/object_contents.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/byte_buffer.h"
#include "base/file.h"
#include "codec/gzip.h"
#include "codec/json_walk.h"
#include "codec/record_scanner.h"
#include "query/route53query_view.h"

namespace querymark {
namespace {

constexpr size_t kReadSize = size_t{1} << 20;

bool is_column(std::string_view member) {
  const std::span<const std::string_view> columns = route53query_columns();
  return std::find(columns.begin(), columns.end(), member) != columns.end();
}

// A member written with escapes counts as another one: it is kept either way.
bool has_only_columns(std::string_view record) {
  for (JsonMembers members(record); members.next();)
    if (!is_column(members.key())) return false;
  return true;
}

class Examiner {
 public:
  explicit Examiner(const std::string& path) : path_(path) {}

  // Takes the whole records at the buffer's front; `last`: there will be no more.
  Result<void> take(ByteBuffer& buffer, bool last) {
    for (;;) {
      const ScanStep step = scanner_.scan(buffer.view(), last, found_);
      Result<void> added = add(buffer.view(), step.count);
      if (!added) return added;
      buffer.remove_prefix(step.consumed);
      if (step.count < found_.size()) return {};
    }
  }
  const ObjectContents& contents() const { return contents_; }

 private:
  Result<void> add(std::string_view chunk, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const ScannedRecord& record = found_[i];
      if (record.kind != RecordKind::kRecord)
        return Error::corrupt(path_ + ": no marked record after " + std::to_string(contents_.records) +
                              " records");
      ++contents_.records;
      if (!contents_.has_other_members)
        contents_.has_other_members =
            !has_only_columns(chunk.substr(record.begin, record.end - record.begin));
    }
    return {};
  }

  const std::string& path_;
  RecordScanner scanner_;
  std::array<ScannedRecord, 256> found_;
  ObjectContents contents_;
};

}  // namespace

Result<ObjectContents> examine_object(const std::string& path) {
  Result<UniqueFd> fd = open_for_reading(path);
  if (!fd) return fd.error();
  GzipReader reader(fd->get(), path);
  Examiner examiner(path);
  ByteBuffer buffer;
  ObjectContents contents;
  for (;;) {
    const Result<size_t> size = reader.read_some(buffer.room(kReadSize), kReadSize);
    if (!size) return size.error();
    buffer.grow(*size);
    contents.bytes += *size;
    const Result<void> taken = examiner.take(buffer, *size == 0);
    if (!taken) return taken.error();
    if (*size == 0) break;
  }
  contents.records = examiner.contents().records;
  contents.has_other_members = examiner.contents().has_other_members;
  return contents;
}

}  // namespace querymark
