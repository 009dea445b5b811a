// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domains/domain_set_format.h"

// Names in the order of their hashes -> a domain set's bytes (domain_set_format.h).
//
// Memory: a few megabytes, and 8 bytes for each block of 4 KB.
namespace querymark {

// What the set says of one name, to be written.
struct NameStatement {
  std::string_view name;
  uint8_t flags;  // name_flags; kOneListSet is the writer's to set
  uint32_t listed_lists;
  uint32_t allow_lists;
  uint32_t registered_lists;
};

class DomainSetWriter {
 public:
  // `fd` is open for reading and writing, and empty; `path` is for errors.
  DomainSetWriter(int fd, std::string path, uint64_t seed);

  // REQUIRES: the name's hash is not less than the one before.
  Result<void> add(const NameStatement& statement);

  // Fills in what the writer knows and writes the rest. REQUIRES: called once, last.
  Result<void> finish(DomainSetHeader header, std::string_view suffix_identity, std::string_view lists);

 private:
  enum class Filled : uint8_t { kWhole, kOverfull };

  void end_block();
  Result<void> flush();
  // Puts every name written into `block_count` blocks of buckets, after the names.
  Result<Filled> write_buckets(uint64_t block_count);
  // With as many blocks as it takes; their number.
  Result<uint64_t> write_enough_buckets();

  int fd_;
  std::string path_;
  uint64_t seed_;
  uint64_t name_count_ = 0;
  uint64_t name_block_count_ = 0;
  uint64_t offset_ = kSetBlockSize;  // where out_ goes
  std::string out_;                  // whole blocks, and the beginning of one
  std::string record_;
  std::vector<uint64_t> checksums_;
};

}  // namespace querymark
