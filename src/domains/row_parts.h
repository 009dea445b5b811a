// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

// What rows say of names, on its way into a domain set: parted by the highest bits of the names' hashes, so
// that one part after the other gives the names in the order of their hashes.
//
// Memory: kBufferSize a part, 64 MB in all; what is more goes to a work file that has no name, so that
// nothing of it stays whatever happens. Threads: one at a time.
namespace querymark {

// What one row says of one name: of its own, or of its registrable domain.
struct RowStatement {
  static constexpr uint8_t kOwnName = 1;
  static constexpr uint8_t kOnDomain = 2;  // the row counts for this registrable domain
  static constexpr uint8_t kAllow = 4;
  static constexpr uint8_t kSubtree = 8;
  static constexpr uint8_t kMatchable = 16;  // with kOwnName: the row can match in registered mode

  uint64_t hash;
  std::string_view name;
  uint32_t list;
  uint8_t flags;

  // The statement at `at` of a part's bytes, which goes past it.
  static RowStatement read(const char*& at);
};

class RowParts {
 public:
  static constexpr size_t kPartCount = 64;
  static constexpr size_t kBufferSize = size_t{1} << 20;

  // The work file, once needed, is beside `path`; in memory where that is empty.
  explicit RowParts(std::string path) : path_(std::move(path)) {}

  // REQUIRES: the name has less than 65,536 bytes.
  Result<void> add(const RowStatement& statement);

  // A part's statements one after the other, in any order; the part is empty then.
  Result<std::string> take(size_t part);

 private:
  struct Segment {
    uint64_t begin;
    uint64_t size;
  };
  struct Part {
    std::string buffer;
    std::vector<Segment> segments;  // of the work file, before the buffer
  };

  Result<void> move_to_work_file(Part& part);

  std::string path_;
  UniqueFd work_file_;
  uint64_t work_size_ = 0;
  std::array<Part, kPartCount> parts_;
};

// A file in memory, gone with its last descriptor and mapping.
Result<UniqueFd> create_memory_file();

}  // namespace querymark
