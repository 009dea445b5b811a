// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "domains/domain_set.h"
#include "domains/domain_set_builder.h"
#include "domains/domain_set_format.h"
#include "domains/domain_set_reference.h"
#include "domains/row_parts.h"
#include "psl/suffix_rules.h"
#include "psl/suffix_table.h"

// Sets to test with: small suffix lists, sets built of rows, sets opened from bytes.
namespace querymark {

constexpr std::string_view kFixtureSuffixes = R"(// VERSION: test
// ===BEGIN ICANN DOMAINS===
com
uk
co.uk
*.ck
!www.ck
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
github.com
// ===END PRIVATE DOMAINS===
)";

inline const SuffixTable& fixture_suffixes() {
  static const SuffixTable table = SuffixTable::compile(*parse_suffix_rules(kFixtureSuffixes, "test"));
  return table;
}

// A path of this process's own; nothing is there.
inline std::string fixture_path() {
  const auto folder = std::filesystem::temp_directory_path();
  return (folder / ("querymark_domain_set_" + std::to_string(::getpid()))).string();
}

template <typename T>
T require(Result<T> result) {
  if (result) return std::move(*result);
  std::fputs((result.error().detail + "\n").c_str(), stderr);
  std::abort();
}

inline void require(const Result<void>& result) {
  if (result) return;
  std::fputs((result.error().detail + "\n").c_str(), stderr);
  std::abort();
}

inline DomainSetSource source_of(const ReferenceTable& table, std::optional<uint64_t> seed) {
  return {.table_version = 42, .list_names = table.list_names, .seed = seed};
}

inline DomainSet build_in_memory(const ReferenceTable& table, std::optional<uint64_t> seed = std::nullopt) {
  DomainSetBuilder builder =
      require(DomainSetBuilder::create_in_memory(table.suffixes, source_of(table, seed)));
  for (const ReferenceRow& row : table.rows) require(builder.add(row.view()));
  return require(builder.finish_in_memory());
}

// The bytes of the file that the builder makes of the rows.
inline std::string build_bytes(const ReferenceTable& table, std::optional<uint64_t> seed = std::nullopt) {
  const std::string path = fixture_path();
  DomainSetBuilder builder = require(DomainSetBuilder::create(path, table.suffixes, source_of(table, seed)));
  for (const ReferenceRow& row : table.rows) require(builder.add(row.view()));
  require(builder.finish());
  std::string bytes = require(read_file(path, size_t{1} << 30));
  std::filesystem::remove(path);
  return bytes;
}

inline Result<DomainSet> open_bytes(std::string_view bytes) {
  const UniqueFd fd = require(create_memory_file());
  require(write_all(fd.get(), bytes, "bytes"));
  return DomainSet::open(fd.get(), "bytes");
}

// Makes every checksum right, as far as the header's sizes allow: what is wrong then is wrong by meaning.
inline void reseal(std::string& bytes) {
  if (bytes.size() < kSetBlockSize) return;
  DomainSetHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.format_version = kDomainSetFormatVersion;
  header.file_size = bytes.size();
  const uint64_t block_max = bytes.size() / kSetBlockSize;
  if (header.name_block_count < block_max && header.bucket_block_count < block_max) {
    const uint64_t block_count = header.name_block_count + header.bucket_block_count;
    const uint64_t lists_begin = kSetBlockSize + (kSetBlockSize + sizeof(uint64_t)) * block_count;
    if (lists_begin <= bytes.size()) {
      for (uint64_t i = 0; i < block_count; ++i) {
        const std::string_view block(bytes.data() + kSetBlockSize * (1 + i), kSetBlockSize);
        const uint64_t checksum = set_checksum(block, i);
        std::memcpy(bytes.data() + kSetBlockSize * (1 + block_count) + sizeof checksum * i, &checksum,
                    sizeof checksum);
      }
      header.lists_size = bytes.size() - lists_begin;
      header.lists_checksum = set_checksum(std::string_view(bytes).substr(lists_begin), 0);
    }
  }
  std::memcpy(bytes.data(), kDomainSetMagic, sizeof kDomainSetMagic);
  std::memcpy(bytes.data() + sizeof header.magic,
              reinterpret_cast<const char*>(&header) + sizeof header.magic,
              sizeof header - sizeof header.magic);
  std::string block = bytes.substr(0, kSetBlockSize);
  seal_header(block);
  bytes.replace(0, kSetBlockSize, block);
}

}  // namespace querymark
